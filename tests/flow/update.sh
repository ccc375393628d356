# SPDX-License-Identifier: GPL-3.0-or-later
# Updates: a repository that apt would trust, and a post that updates when it
# is idle or not at all, and goes back unless it is READY. apt, dpkg and
# systemd are played; the repository is real where gpg and dpkg-dev are.
. "$SRCDIR/tests/flow/lib.sh"

update=$SRCDIR/contrib/update/chot-update
sim=$work/sim
mkdir -p "$work/bin" "$sim"

# ---- a machine to play ----------------------------------------------------------------

cat >"$work/bin/dpkg-query" <<'EOF2'
#!/bin/sh
for package; do :; done
case $package in
chot | chot-sync) echo "install ok installed $(cat "$SIM/version")" ;;
*) exit 1 ;;
esac
EOF2
cat >"$work/bin/apt-cache" <<'EOF2'
#!/bin/sh
for last; do :; done
case "$*" in
*" show "*) [ -e "$SIM/gone" ] && [ "${last#*=}" = 1.0 ] || echo "Filename: pool/${last%%=*}_${last#*=}.deb" ;;
*) printf 'x:\n  Candidate: %s\n' "$(cat "$SIM/candidate")" ;;
esac
EOF2
cat >"$work/bin/apt-get" <<'EOF2'
#!/bin/sh
echo "$*" >>"$SIM/apt"
[ ! -e "$SIM/unreachable" ] || exit 100
lists=$(echo "$*" | tr ' ' '\n' | sed -n 's/^Dir::State::Lists=//p')
case "$*" in
*download*)
	while [ "$1" != download ]; do shift; done
	shift
	for pair; do
		[ ! -e "$SIM/gone" ] || [ "${pair#*=}" != 1.0 ] || exit 100
		echo "${pair#*=}" >"${pair%%=*}_${pair#*=}.deb"
	done ;;
*)
	cat "$SIM/candidate" >"$lists/x_dists_stable_InRelease"
	: >"$lists/x_dists_stable_main_binary-amd64_Packages" ;;
esac
EOF2
cat >"$work/bin/dpkg" <<'EOF2'
#!/bin/sh
case "$*" in
*-i*)
	for file; do :; done
	[ "$(cat "$file")" = 3.0 ] && exit 1
	cat "$file" >"$SIM/version"
	echo "install $(cat "$file")" >>"$SIM/did" ;;
--print-architecture) echo amd64 ;;
--compare-versions*) awk -v a="$2" -v b="$4" 'BEGIN { exit !(a + 0 > b + 0) }' ;;
esac
EOF2
cat >"$work/bin/systemctl" <<'EOF2'
#!/bin/sh
echo "$*" >>"$SIM/did"
[ -e "$SIM/stuck" ] || cat "$SIM/version" >"$SIM/running"
EOF2
cat >"$work/bin/chot" <<'EOF2'
#!/bin/sh
[ "$1" != --version ] || { echo "chot $(cat "$SIM/version")"; exit; }
phase=$(cat "$SIM/phase")
[ "$(cat "$SIM/running")" != 2.0 ] || [ ! -e "$SIM/broken" ] || phase=gathering
[ ! -e "$SIM/busy" ] || echo x >>"$SIM/people"
echo "station              running"
echo "version              $(cat "$SIM/version")"
echo "running_version      $(cat "$SIM/running")"
[ ! -e "$SIM/old" ] || echo "link_trouble         old"
echo "records              5"
echo "records_unanswered   0"
echo "people_in            $(wc -l <"$SIM/people")"
echo "lane 1               $phase none waiting 0"
EOF2
cat >"$work/bin/dpkg-deb" <<'EOF2'
#!/bin/sh
mkdir -p "$3/usr/bin"
cat >"$3/usr/bin/chot" <<'EOF3'
#!/bin/sh
[ ! -e "$SIM/migrated" ] || {
	echo "of a later version (9) of this program" >&2
	[ "$(cat "$SIM/migrated")" != "$1" ] || exit 78
}
EOF3
chmod +x "$3/usr/bin/chot"
EOF2
cat >"$work/bin/findmnt" <<'EOF2'
#!/bin/sh
[ -e "$SIM/ro" ] && echo ro,noatime || echo rw,noatime
EOF2
chmod +x "$work/bin"/*
export SIM=$sim
: >"$work/key"
echo 'deb https://hub.example/chot stable main' >"$work/sources"

play() { # ARGUMENTS: a post at 1.0
	PATH=$work/bin:$PATH CHOT_UPDATE_STATE=$work/state \
	    CHOT_UPDATE_CACHE=$work/cache CHOT_UPDATE_KEY=$work/key \
	    CHOT_UPDATE_SOURCES=$work/sources CHOT_UPDATE_QUIET_S=0 \
	    CHOT_UPDATE_READY_S=2 "$update" "$@" \
	    >"$work/out" 2>&1
}

reset() { # CANDIDATE
	rm -rf "$work/state" "$work/cache" "$sim"
	mkdir "$sim"
	echo 1.0 >"$sim/version"
	echo 1.0 >"$sim/running"
	echo ready >"$sim/phase"
	: >"$sim/people"
	: >"$sim/did"
	echo "$1" >"$sim/candidate"
}

reset 1.0
play --now
is "nothing new" "$? $(cat "$work/out")" "0 chot-update: nothing new"

reset 1.0
play --install
is "nor where nothing was fetched" "$? $(cat "$work/out")" "0 chot-update: nothing new"

reset 2.0
play --fetch
is "one half fetches" "$? $(cat "$sim/version")" "0 1.0"
ok "and leaves the place of the other alone" test ! -e "$work/state"
touch "$sim/unreachable"
play --fetch
like "later perhaps without a network" "$(cat "$work/out")" 'not reached'
rm "$sim/unreachable"
: >"$sim/apt"
play --fetch
unlike "and not the same packages twice" "$(cat "$sim/apt")" download
: >"$sim/apt"
CHOT_UPDATE_HOURS=0-24 play --install
is "the other half installs" "$? $(cat "$sim/version")" "0 2.0"
unlike "and only what it has a copy of" "$(cat "$sim/apt")" "=$work/cache"

reset 2.0
touch "$sim/ro"
play --now
is "a root that is never written is left" "$? $(cat "$sim/version")" "78 1.0"
like "with what to do" "$(cat "$work/out")" 'mount -o remount,rw'

reset 2.0
play --check
like "what there is is told" "$(cat "$work/out")" 'new: chot=2.0 chot-sync=2.0'
is "and left" "$(cat "$sim/version")" 1.0

reset 2.0
CHOT_UPDATE_HOURS=24-25 play
like "not by day" "$(cat "$work/out")" "only at 24-25"
is "and left as well" "$(cat "$sim/version")" 1.0

reset 2.0
touch "$sim/old"
CHOT_UPDATE_HOURS=24-25 play
is "by day when the hub takes nothing from the old one" \
    "$? $(cat "$sim/version")" "0 2.0"
like "which is said" "$(cat "$work/out")" 'the hub takes nothing from this'
reset 2.0
touch "$sim/old" "$sim/busy"
CHOT_UPDATE_HOURS=24-25 play
is "but not while people come" "$? $(cat "$sim/version")" "75 1.0"

reset 2.0
play --now
is "an idle post is updated" "$? $(cat "$sim/version")" "0 2.0"
like "and READY" "$(cat "$work/out")" 'READY after'
like "by a restart of the station" "$(cat "$sim/did")" 'restart getty@tty1'

reset 2.0
echo verdict >"$sim/phase"
play --now
is "not while a verdict stands" "$? $(cat "$sim/version")" "75 1.0"
reset 2.0
touch "$sim/busy"
play --now
is "not while people come" "$? $(cat "$sim/version")" "75 1.0"

reset 2.0
touch "$sim/broken"
play --now
is "one that is not READY is taken back" "$? $(cat "$sim/version")" "75 1.0"
like "which is said" "$(cat "$work/out")" 'not READY within 2 s: the old version is put back'
like "and the old one is READY" "$(cat "$work/out")" 'back at the old version, READY'
: >"$sim/did"
play --now
is "and not tried again" "$? $(cat "$sim/did")" "0 "

for what in outbox register; do
	reset 2.0
	touch "$sim/broken"
	echo $what >"$sim/migrated"
	play --now
	is "one that is not READY but migrated its $what stays" \
	    "$? $(cat "$sim/version")" "70 2.0"
	like "which is said, and that nothing is lost" "$(cat "$work/out")" \
	    'has migrated .* nothing is lost; call the help desk'
done

reset 2.0
touch "$sim/stuck"
play --now
like "a station that was not restarted is no success" "$(cat "$work/out")" \
    'not READY within 2 s'

reset 3.0
play --now
is "one that does not install is taken back" "$? $(cat "$sim/version")" "75 1.0"

reset 2.0
touch "$sim/gone"
play --now
is "what could not be put back is not replaced" "$? $(cat "$sim/did")" "75 "

reset 2.0
mkdir -p "$work/state"
flock "$work/state/lock" sleep 5 &
pids="$pids $!"
until_ok sh -c "! flock -n '$work/state/lock' true"
play --now
is "one at a time" "$?" 75

# ---- what a real station tells ----------------------------------------------------------

mkdir -p "$work/libexec" "$work/post/state/keys" "$work/post/run"
printf '#!/bin/sh\necho hello 1 sync\necho link down too old\necho trouble old too old\nexec sleep 600\n' \
    >"$work/libexec/chot-sync"
chmod +x "$work/libexec/chot-sync"
chot key seal "$work/post/state/keys/hub" >/dev/null
cat >"$work/post/conf" <<-EOF2
	station { id = "ST-1"  name = "X"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$work/post/state"
	run = "$work/post/run"
	lane "1" { direction = "in" }
	hub { url = "https://hub.example"  certificate = "$work/c"  key = "$work/k"
	      ca = "$work/a"  seal = "$work/post/state/keys/hub.pub" }
EOF2
told() { chot status -c "$work/post/conf" | grep -Eq "^$1 +$2\$"; }
start_tmux 80x24 "CHOT_LIBEXEC=$work/libexec chot station -c $work/post/conf"
ok "a station tells that the hub takes nothing from it" \
    until_ok told link_trouble old
ok "and which version runs" told running_version \
    "$(chot --version | cut -d' ' -f2 | sed 's/\./\\./g')"
pid=$(sed -n 's/^pid //p' "$work/post/run/status")
kill -STOP "$pid" # it would write the file anew
sed -i 's/^pid .*/pid 1/' "$work/post/run/status"
fails "what another one left is not told as its own" told running_version '.*'
kill -CONT "$pid"
stop_tmux

# ---- the repository -----------------------------------------------------------------------

repo=$SRCDIR/contrib/update/make-repo
if ! command -v gpg >/dev/null || ! command -v dpkg-scanpackages >/dev/null; then
	diag "no gpg or no dpkg-dev: the repository is not tried"
	done_testing
	exit 0
fi
GNUPGHOME=$work/gpg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-gen-key 'repo@chot.test' \
    default default never 2>/dev/null

package() { # NAME VERSION
	mkdir -p "$work/pkg/DEBIAN"
	printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: a <a@example.com>\nDescription: a\n' \
	    "$1" "$2" >"$work/pkg/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$work/pkg" "$work/$1_$2_amd64.deb" >/dev/null
	rm -rf "$work/pkg"
}

package chot 1.0
package chot 2.0
package other 1.0
status "a package is added" 0 "$repo" add "$work/repo" repo@chot.test \
    "$work/chot_1.0_amd64.deb"
status "and another" 0 "$repo" promote "$work/repo" repo@chot.test
status "a later one for the first posts" 0 "$repo" add "$work/repo" \
    repo@chot.test "$work/chot_2.0_amd64.deb"
"$repo" show "$work/repo" >"$work/show"
like "the first posts see it" "$(cat "$work/show")" '^first chot.*2\.0'
unlike "the others do not" "$(cat "$work/show")" '^stable chot.*2\.0'
status "until it is promoted" 0 "$repo" promote "$work/repo" repo@chot.test
"$repo" show "$work/repo" >"$work/show"
like "then they do" "$(cat "$work/show")" '^stable chot.*2\.0'
status "a package that is not ours is refused" 65 "$repo" add "$work/repo" \
    repo@chot.test "$work/other_1.0_amd64.deb"
ok "the suite is signed" gpg --batch --quiet --verify \
    "$work/repo/dists/stable/InRelease" 2>/dev/null
sum=$(sha256sum <"$work/repo/dists/stable/main/binary-amd64/Packages" | cut -d' ' -f1)
like "and the signature is over the index" \
    "$(cat "$work/repo/dists/stable/InRelease")" "$sum"
sed -i 's/^Suite: stable/Suite: sneaky/' "$work/repo/dists/stable/InRelease"
fails "a changed one is not" gpg --batch --quiet --verify \
    "$work/repo/dists/stable/InRelease" 2>/dev/null
if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
	"$repo" promote "$work/repo" repo@chot.test
	mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
	gpg --batch --yes --dearmor -o "$work/repo.gpg" "$work/repo/chot.asc"
	echo "deb [signed-by=$work/repo.gpg arch=amd64] file:$work/repo stable main" \
	    >"$work/apt/sources.list"
	chmod 755 "$work"
	apt_here() {
		command "$1" -o Dir::Etc::SourceList="$work/apt/sources.list" \
		    -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$work/apt/lists" \
		    -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root \
		    -o APT::Architecture=amd64 "$2" ${3:+"$3"}
	}
	apt_update() {
		rm -rf "$work/apt/lists" && mkdir -p "$work/apt/lists/partial" &&
			apt_here apt-get update >"$work/out" 2>&1 &&
			! grep -q '^[EW]:' "$work/out"
	}
	ok "apt takes the repository" apt_update
	like "and offers what is in it" "$(apt_here apt-cache policy chot)" \
	    'Candidate: 2\.0'
	echo "Package: evil" >>"$work/repo/dists/stable/main/binary-amd64/Packages"
	fails "but not one whose index was changed" apt_update

	# ---- a stick ---------------------------------------------------------------
	rm -rf "$work/repo"
	"$repo" add "$work/repo" repo@chot.test "$work/chot_1.0_amd64.deb" \
	    "$work/chot_2.0_amd64.deb" >/dev/null
	"$repo" promote "$work/repo" repo@chot.test >/dev/null
	rm -f "$work/bin/apt-get" "$work/bin/apt-cache" # the real ones
	cat >"$work/bin/dpkg" <<'EOF2'
#!/bin/sh
[ "$1" != -i ] && [ "${3-}" != -i ] && [ "$1" != --force-confold ] && exec /usr/bin/dpkg "$@"
for file; do :; done
/usr/bin/dpkg-deb -f "$file" Version >"$SIM/version"
EOF2
	sed -i 's/^chot | chot-sync)/chot)/' "$work/bin/dpkg-query"
	echo "deb [signed-by=$work/repo.gpg] copy:$work/repo stable main" >"$work/copy"
	by_net() { # OPTION...: the repository is elsewhere, as with http:
		PATH=$work/bin:$PATH CHOT_UPDATE_STATE=$work/state \
		    CHOT_UPDATE_CACHE=$work/cache CHOT_UPDATE_KEY=$work/repo.gpg \
		    CHOT_UPDATE_SOURCES=$work/copy CHOT_UPDATE_QUIET_S=0 \
		    CHOT_UPDATE_READY_S=5 CHOT_UPDATE_HOURS=0-24 "$update" "$@" \
		    >"$work/out" 2>&1
	}
	reset x
	by_net --fetch
	is "what is new is laid out as it came" "$(cd "$work/cache/repository" &&
	    find . -type f | LC_ALL=C sort | tr '\n' ' ')" \
	    "./dists/stable/InRelease ./dists/stable/main/binary-amd64/Packages ./pool/stable/chot_1.0_amd64.deb ./pool/stable/chot_2.0_amd64.deb "
	echo "Package: evil" >>"$work/cache/repository/dists/stable/main/binary-amd64/Packages"
	by_net --install
	is "what was changed there is not believed" "$? $(cat "$sim/version")" "65 1.0"
	reset x
	by_net --fetch
	echo x >>"$work/cache/repository/pool/stable/chot_2.0_amd64.deb"
	by_net --install
	is "nor a package that was" "$? $(cat "$sim/version")" "75 1.0"
	reset x
	by_net --fetch
	by_net --install
	is "what was not is installed" "$? $(cat "$sim/version")" "0 2.0"
	by_stick() { # OPTION...
		PATH=$work/bin:$PATH CHOT_UPDATE_STATE=$work/state \
		    CHOT_UPDATE_KEY="$work/repo.gpg" CHOT_UPDATE_SOURCES=$work/none \
		    CHOT_UPDATE_QUIET_S=0 CHOT_UPDATE_READY_S=5 \
		    CHOT_UPDATE_HOURS=24-25 "$update" "$@" >"$work/out" 2>&1
	}
	mkdir "$work/stick"
	cp -r "$work/repo" "$work/stick/chot"
	reset x
	by_stick --from "$work/nowhere"
	is "a stick that is not there is told" "$?" 66
	by_stick --from "$work/stick"
	is "and one without a repository" "$?" 66
	by_stick --from "$work/stick/chot" --check
	like "a stick tells what it has" "$(cat "$work/out")" 'new: chot=2\.0'
	is "and nothing is done" "$(cat "$sim/version")" 1.0
	by_stick --from "$work/stick/chot"
	is "a post is updated from it, at once" "$? $(cat "$sim/version")" "0 2.0"
	like "and may do without it" "$(cat "$work/out")" 'may be taken away'
	reset x
	touch "$sim/busy"
	by_stick --from "$work/stick/chot"
	is "but not while people come" "$? $(cat "$sim/version")" "75 1.0"
	reset x
	echo "Package: evil" >>"$work/stick/chot/dists/stable/main/binary-amd64/Packages"
	by_stick --from "$work/stick/chot"
	is "a changed index is not believed" "$? $(cat "$sim/version")" "65 1.0"
	rm -rf "$work/stick/chot"
	cp -r "$work/repo" "$work/stick/chot"
	echo x >>"$work/stick/chot/pool/stable/chot_2.0_amd64.deb"
	by_stick --from "$work/stick/chot"
	is "nor a changed package" "$? $(cat "$sim/version")" "75 1.0"
	rm -rf "$work/stick/chot"
	cp -r "$work/repo" "$work/stick/chot"
	gpg --batch --quiet --passphrase '' --quick-gen-key 'other@chot.test' \
	    default default never 2>/dev/null
	"$repo" promote "$work/stick/chot" other@chot.test >/dev/null 2>&1
	by_stick --from "$work/stick/chot"
	is "nor another's signature" "$? $(cat "$sim/version")" "65 1.0"
fi
gpgconf --kill all 2>/dev/null
done_testing

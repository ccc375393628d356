#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The register road end to end: a list is published at the hub, fetched over
# TLS or carried on a stick, put in force at the post, and the next scan is
# judged by it. With PostgreSQL, the hub, chot-sync and the look-up child.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate ST-1 /CN=ST-1
new_certificate ST-2 /CN=ST-2
mkdir "$work/keys"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
chot-hub sign-key "$work/lists" >/dev/null || exit 1
chot-hub sign-key "$work/stranger" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null
chot-hub station add ST-2 >/dev/null
chot-hub station audience ST-1 unit=941 province=94 || exit 1

make_post() { # N
	mkdir -p "$work/p$1/state/keys/publishers" "$work/p$1/run"
	cp "$work/keys/site.pub" "$work/p$1/state/keys/"
	cp "$work/lists.pub" "$work/p$1/state/keys/publishers/"
	[ "$1" = 1 ] || cp "$work/p1/state/keys/register.key" \
	    "$work/p$1/state/keys/"
	cat >"$work/p$1/chot.conf" <<-EOC
		station { id = "ST-$1" unit = "941" province = "94" language = "en" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/p$1/state"
		run = "$work/p$1/run"
		$(hub_section ST-$1 'every = 5')
		lane "1" {
		  direction = "in"
		  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
		  thermometer = { "serial:$work/thermometer,protocol=ascii" }
		}
	EOC
}
sync() { # N
	n=$1
	shift
	chot-sync -c "$work/p$n/chot.conf" --now "$@"
}
publish() {
	chot-hub --sign "$work/lists.key" \
	    --register-key "$work/p1/state/keys/register.key" "$@"
}
show() { # N ID FIELD
	chot register show -c "$work/p$1/chot.conf" "$2" 2>&1 |
	    sed -n "s/^$3  *//p"
}

# shellcheck disable=SC2046
hub_start $(hub_tls) || exit 1
make_post 1
chot key register "$work/p1/state/keys/register.key" >/dev/null 2>&1 ||
	od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' \
	    >"$work/p1/state/keys/register.key"
chmod 600 "$work/p1/state/keys/register.key"
make_post 2

# ---- publishing -----------------------------------------------------------------------

since=$(date -u -d '-5 days' +%F) ends=$(date -u -d '+9 days' +%F)
{
	echo "id,status,since,ends,source"
	for i in $(seq 100 499); do
		echo "094300000$i,F2,$since,$ends,CDC Sóc Trăng"
	done
} >"$work/statuses.csv"
status "no key, no list" 64 chot-hub publish "$work/statuses.csv"
status "bad lines" 65 publish publish "$work/chot.conf" "$work/db"
sed 's/F2/F9/' "$work/statuses.csv" >"$work/bad.csv"
status "a status that is none" 65 publish publish "$work/bad.csv"
like "is told by line" "$(cat "$work/err")" 'bad.csv:2: '
status "a post without lists" 0 sync 1
is "has none" "$(show 1 094300000123 status)" ""
status "a list is published" 0 publish publish "$work/statuses.csv"
like "whole" "$(cat "$work/out")" \
    'statuses for all: version [0-9]+, 400 entries, 400 rows in 1 pieces'

# ---- over the network ------------------------------------------------------------------

status "a sync brings it" 0 sync 1
like "and says so" "$(cat "$work/out")" '1 new list'
is "it is in force" "$(show 1 094300000123 status)" F2
is "with its source" "$(show 1 094300000123 status_source)" "CDC Sóc Trăng"
status "it verifies" 0 chot register verify -c "$work/p1/chot.conf"
like "signed, with an end" "$(cat "$work/out")" \
    'statuses +400 .*|version [0-9]+ for all, signed, until'
as=ST-1
since_no=$(ask GET /v1/register >/dev/null
    sed -n 's/.*"latest":\([0-9]*\).*/\1/p' "$work/reply")
is "there is nothing more" "$(ask GET "/v1/register?since=$since_no") \
$(grep -c '"pieces":\[\]' "$work/reply")" "200 1"
is "a number is asked for" "$(ask GET "/v1/register?since=x")" 400

# ---- what rots on the card, or is written there by hand, says nothing -----------------

data=$(ls "$work/p1/state/lists"/*.data)
size=$(wc -c <"$data")
printf '\377' | dd of="$data" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
fails "a changed list does not verify" \
    chot register verify -c "$work/p1/chot.conf" 2>/dev/null

# ---- a new status is seen by the very next scan -----------------------------------------

pty_start scanner
pty_start thermometer
start_tmux 80x24 "exec chot -c $work/p1/chot.conf"
wait_for_devices "$work/p1/chot.conf"
ok "chot-sync is confined" until_ok sh -c "chot status -c '$work/p1/chot.conf' |
    grep -Eq '^confined sync +.*seccomp'"
station=$(chot status -c "$work/p1/chot.conf" | sed -n 's/^pid  *//p')
syncing=$(pgrep -P "$station" -f 'chot-sync --watch')
ok "the station's own child has fetched the changed list anew" until_ok sh -c \
    "chot register verify -c '$work/p1/chot.conf' 2>/dev/null &&
    chot register show -c '$work/p1/chot.conf' 094300000123 |
    grep -q '^status *F2'"
ok "it leaves no core" leaves_no_core "$syncing"
ok "its keys are locked in memory" \
    grep -q '^VmLck:[[:space:]]*[1-9]' "/proc/$syncing/status"
sed -i "s/^094300000123,F2/094300000123,F0/" "$work/statuses.csv"
status "one of them is an F0 now" 0 publish publish "$work/statuses.csv"
like "only what changed" "$(cat "$work/out")" '400 entries, 1 changes'
status "fetched by the station's own child" 0 sync 1
ok "in force" until_ok sh -c "chot register show -c '$work/p1/chot.conf' \
    094300000123 | grep -q '^status *F0'"
pty scanner hex "$(printf '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu|10052021\r' |
    od -An -v -tx1 | tr -d ' \n')"
measure thermometer 'T:36.5'
ok "the scan is stopped" wait_for 'STOP'
sed 's/^version = ".*"/version = "of the hub"/' \
    "$SRCDIR/contrib/policy/vietnam-2021.conf" >"$work/policy.conf"
status "rules are published" 0 publish --list packs publish \
    "$work/policy.conf"
status "and fetched" 0 sync 1
sleep 2
fails "not in the middle of a person" grep -rq "of the hub" "$work/p1/run"
keys Q
ok "when the lane is free they are taken up" \
    until_ok grep -rq "of the hub" "$work/p1/run"
stop_tmux

# ---- audiences ---------------------------------------------------------------------------

echo "id,state
094300000123,revoked" >"$work/permits.csv"
status "for a province" 0 publish publish --audience province=94 \
    "$work/permits.csv"
status "one of it" 0 sync 1
is "has it" "$(show 1 094300000123 permit)" revoked
status "another, of which the hub does not know that" 0 sync 2
is "has it not" "$(show 2 094300000123 permit)" ""
is "but what is for all" "$(show 2 094300000123 status)" F0

# ---- on a stick -----------------------------------------------------------------------------

status "a bundle for sticks" 0 chot-hub bundle "$work/stick.bundle"
sed -i "s/^094300000124,F2/094300000124,F1/" "$work/statuses.csv"
publish publish "$work/statuses.csv" >/dev/null || diag "publish failed"
publish bundle "$work/newer.bundle" >/dev/null
status "the same again" 0 chot register import -c "$work/p1/chot.conf" \
    "$work/stick.bundle"
like "is nothing new" "$(cat "$work/out")" 'nothing new'
status "a newer one" 0 chot outbox import -c "$work/p1/chot.conf" \
    "$work/newer.bundle"
like "is" "$(cat "$work/out")" '1 new list'
is "in force" "$(show 1 094300000124 status)" F1
status "one stick serves many" 0 chot register import \
    -c "$work/p2/chot.conf" "$work/newer.bundle"
is "another post too" "$(show 2 094300000124 status)" F1
is "with what is for its province" "$(show 2 094300000123 permit)" revoked
status "an old stick" 0 chot register import -c "$work/p2/chot.conf" \
    "$work/stick.bundle"
is "takes nothing back" "$(show 2 094300000124 status)" F1
size=$(stat -c %s "$work/newer.bundle")
for cut in 1 100 $((size / 2)); do
	head -c $((size - cut)) "$work/newer.bundle" >"$work/cut.bundle"
	status "cut by $cut" 65 chot register import \
	    -c "$work/p2/chot.conf" "$work/cut.bundle"
done

# ---- a stranger at the hub --------------------------------------------------------------------

sed -i "s/^094300000125,F2/094300000125,F0/" "$work/statuses.csv"
chot-hub --sign "$work/stranger.key" --register-key \
    "$work/p1/state/keys/register.key" publish "$work/statuses.csv" >/dev/null
status "a list of a stranger" 65 sync 1
like "is named" "$(cat "$work/err")" 'somebody this post does not know'
is "and not in force" "$(show 1 094300000125 status)" F2
status "the publisher's next one" 0 publish publish --whole \
    "$work/statuses.csv"
status "comes after it" 0 sync 1
is "in force" "$(show 1 094300000125 status)" F0

# ---- files, and the end of access ---------------------------------------------------------------

echo "# later" >>"$work/policy.conf"
status "a pack" 0 publish --list packs publish "$work/policy.conf"
status "arrives" 0 sync 1
ok "where the station finds it" cmp -s "$work/policy.conf" \
    "$work/p1/state/policy.hub.conf"
printf 'Road closed from 18:00\n\033[2J\n' >"$work/urgent-road.txt"
status "a message" 0 publish --list messages publish "$work/urgent-road.txt"
status "is fetched" 0 sync 1
status "and read" 0 chot register messages -c "$work/p1/chot.conf"
like "as an urgent one" "$(cat "$work/out")" 'URGENT  urgent-road.txt'
like "line by line" "$(cat "$work/out")" '^    Road closed from 18:00$'
unlike "cleaned" "$(cat "$work/out")" "$(printf '\033')"
status "a file that no list takes" 64 publish --list other publish \
    "$work/policy.conf"

chot-hub station revoke ST-1
status "a revoked post" 77 sync 1
ok "keeps no list" test ! -e "$work/p1/state/lists"
is "and no answer" "$(show 1 094300000123 status)" ""
is "nor gets one" "$(ask GET /v1/register)" 403
done_testing

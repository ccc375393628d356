# SPDX-License-Identifier: GPL-3.0-or-later
# The recipe of contrib/watch/README.md with a real sshd that forbids nothing
# by itself: the desk sees its table, drills in and looks over a shoulder, and
# each key can do nothing else. Accounts, /run and the server are in a name
# space of their own; each connection has its own sshd at the end of a pipe, so
# no port is taken. Needs root and openssh-server.
if [ -z "${CHOT_SSHD_INSIDE-}" ]; then
	why=
	[ "$(id -u)" -eq 0 ] || why="this is not root"
	for tool in sshd ssh scp sftp ssh-keygen unshare setpriv tmux; do
		command -v $tool >/dev/null || [ -x "/usr/sbin/$tool" ] ||
			why="$tool is missing"
	done
	[ -n "$why" ] || unshare -m sh -c 'mount -t tmpfs tmpfs /run' 2>/dev/null ||
		why="no name spaces here"
	[ -z "$why" ] || {
		echo "1..0 # SKIP $why"
		exit 0
	}
	CHOT_SSHD_INSIDE=yes exec unshare -m sh "$0"
fi
. "$SRCDIR/tests/flow/lib.sh"
PATH=$PATH:/usr/sbin
sshd=$(command -v sshd)
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"

desk() { # COMMAND...: of lib.sh, in the desk's terminal
	post_socket=$tmux_socket
	tmux_socket=$work/desk
	"$@"
	desk_got=$?
	tmux_socket=$post_socket
	return $desk_got
}
trap 'desk stop_tmux; clean_up' EXIT

# ---- a post with its accounts ------------------------------------------------------------

post=$work/post
chot=48711
mount -t tmpfs tmpfs /run && mkdir -p /run/sshd "$work/etc"
for file in passwd group shadow; do cp "/etc/$file" "$work/etc/$file"; done
cat >>"$work/etc/passwd" <<-END
	chot:x:$chot:$chot::$post:/bin/sh
	chot-look:x:$chot:$chot::$work/look:/bin/sh
END
grep -v '^chot' /etc/group >"$work/etc/group"
echo "chot:x:$chot:" >>"$work/etc/group"
printf 'chot:*:1::::::\nchot-look:*:1::::::\n' >>"$work/etc/shadow"
chmod 755 "$work/etc" && chmod 644 "$work/etc/passwd" "$work/etc/group"
for file in passwd group shadow; do mount --bind "$work/etc/$file" "/etc/$file"; done
# The build may lie where other users do not come.
mkdir -p "$work/bin" "$work/data/contrib" "$post/state/keys" "$post/run" \
    "$work/look/.config/chot" "$work/look/.ssh"
chmod 711 "$work"
cp "$BUILDDIR/chot" "$work/bin/chot"
cp -r "$SRCDIR/contrib/policy" "$work/data/contrib/"
chmod -R a+rX "$work/bin" "$work/data"
sed "s|^PATH=.*|PATH='$work/bin:/usr/bin:/bin'; ASAN_OPTIONS=detect_leaks=0; export ASAN_OPTIONS|" \
    "$SRCDIR/contrib/watch/chot-look" >"$work/bin/chot-look"
chmod 755 "$work/bin/chot-look"
conf=$work/look/.config/chot/chot.conf
cat >"$conf" <<-END
	station { id = "ST-QL1A"  name = "Highway 1A"  language = "en" }
	policy = "$work/data/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	}
END
as_post() { setpriv --reuid=$chot --regid=$chot --clear-groups "$@"; }
chown -R $chot:$chot "$post"
chmod 700 "$post" "$post/state" "$post/run"
as_post env CHOT_DATA="$work/data" "$work/bin/chot" key seal \
    "$post/state/keys/site" >/dev/null
chmod 755 "$work/look/.config" "$work/look/.config/chot"
chmod 644 "$conf"

# ---- the recipe, as it stands in the README ------------------------------------------------

mkdir "$work/keys"
for key in host desk an; do
	ssh-keygen -q -t ed25519 -N '' -C $key -f "$work/keys/$key"
done
# WORDS: of the line that has them; with our paths and this key.
line() { # PATTERN KEY
	grep "^    restrict,command=.*$1" "$SRCDIR/contrib/watch/README.md" |
		head -n 1 | sed "s|^    ||; s|/usr/share/chot/watch/chot-look|$work/bin/chot-look|
		s|ssh-ed25519 .*|$(cat "$work/keys/$2.pub")|"
}
line 'chot-look" ssh' desk >"$work/look/.ssh/authorized_keys"
line 'shoulder' an >>"$work/look/.ssh/authorized_keys"
is "two keys by the recipe" "$(grep -c '^restrict,' "$work/look/.ssh/authorized_keys")" 2
chmod -R go-w "$work/look"
chmod 755 "$work/look" "$work/look/.ssh"
mkdir "$post/.ssh"
cp "$work/keys/desk.pub" "$post/.ssh/authorized_keys"
chown -R $chot:$chot "$post/.ssh"
cat >"$work/sshd_config" <<-END
	Include $SRCDIR/contrib/kiosk/root/etc/ssh/sshd_config.d/chot-kiosk.conf
	HostKey $work/keys/host
	PidFile none
	UsePAM no
	AcceptEnv *
	AllowTcpForwarding yes
	AllowStreamLocalForwarding yes
	AllowAgentForwarding yes
	GatewayPorts yes
	X11Forwarding yes
	PermitTunnel yes
	PermitTTY yes
	Subsystem sftp internal-sftp
END
cat >"$work/ssh_config" <<-END
	Host *
	  User chot-look
	  IdentityFile $work/keys/desk
	  IdentitiesOnly yes
	  HostKeyAlias post
	  UserKnownHostsFile $work/known
	  ProxyCommand $sshd -i -f $work/sshd_config -E $work/sshd.log
END
echo "post $(cat "$work/keys/host.pub")" >"$work/known"
mkdir "$work/desk-bin"
printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$(command -v ssh)" "$work/ssh_config" \
    >"$work/desk-bin/ssh"
chmod +x "$work/desk-bin/ssh"
PATH=$work/desk-bin:$PATH

# ---- what the desk sees ----------------------------------------------------------------------

pty_start scanner
chmod 666 "$(readlink -f "$work/scanner")"
cat >"$work/start" <<-END
	umask 077 # as a kiosk has it
	cd $post
	exec setpriv --reuid=$chot --regid=$chot --clear-groups env HOME=$post \\
	    CHOT_DATA=$work/data $work/bin/chot -c $conf
END
start_tmux 80x24 ". $work/start"
ok "a post at work" wait_for 'READY'
table_has() { # PATTERN
	chot watch --once st-1 >"$work/table" 2>&1
	grep -Eq -e "$1" "$work/table"
}
ok "is in the desk's table" until_ok table_has '^. ST-QL1A +attention +0 '
unlike "with all that it may read" "$(cat "$work/table")" 'fault|cannot be opened'
desk start_tmux 80x24 "exec chot watch --every 1 st-1"
ok "on its screen, too" desk wait_for 'ST-QL1A'
desk keys Enter
ok "all that it said" desk wait_for '^station +running'
desk keys Escape q
desk tmux_status >/dev/null
like "the status for a person" "$(ssh st-1 chot status 2>&1)" '^station +running'
like "for a monitor" "$(ssh st-1 chot status --metrics 2>/dev/null | tail -n 1)" '^# EOF'

# ---- and what it cannot do --------------------------------------------------------------------

like "without a command it is the status, no shell" \
    "$(echo 'echo a-shell' | ssh st-1 2>&1)" '^\{.*"station"'
like "nor with a terminal" "$(echo 'echo a-shell' | ssh -tt st-1 2>&1)" \
    'PTY allocation request failed'
while IFS= read -r command; do
	ssh st-1 "$command" </dev/null >"$work/out" 2>"$work/err"
	is "may not: $command" "$? $(cat "$work/out")" "77 "
done <<'END'
sh
/bin/sh -c id
chot status --json; id
chot outbox show
scp -f /etc/passwd
internal-sftp
END
echo x >"$work/upload"
as_ssh="-S $work/desk-bin/ssh"
for how in -s -O; do
	fails "no file goes there (scp $how)" \
	    timeout 60 scp -q $how $as_ssh "$work/upload" "st-1:$work/look/arrived" 2>/dev/null
	fails "none comes from there (scp $how)" \
	    scp -q $how $as_ssh "st-1:$conf" "$work/downloaded" 2>/dev/null
done
fails "nor by sftp" sh -c "echo 'put $work/upload $work/look/arrived' |
    sftp -q $as_ssh -b - st-1 >'$work/out' 2>&1"
is "nothing arrived" "$(ls "$work/look" "$work" | grep -c -e arrived -e downloaded)" 0
like "no connection goes on from there" "$(timeout 60 ssh -W 127.0.0.1:22 st-1 </dev/null 2>&1)" \
    'administratively prohibited'
like "none is taken there" "$(timeout 60 ssh -N -o ExitOnForwardFailure=yes \
    -R 0:127.0.0.1:22 st-1 2>&1)" 'remote port forwarding failed'
like "no tunnel" "$(timeout 60 ssh -w any -o ExitOnForwardFailure=yes st-1 \
    true 2>&1)" 'Tunnel|tunnel|administratively|77|only look'
like "no word of the environment counts" "$(ssh -o SetEnv='CHOT_MACHINE=/x PATH=/x' \
    st-1 chot status 2>&1)" '^station +running'
like "the account of the post itself has no way in" \
    "$(ssh -l chot st-1 chot status 2>&1)" 'Permission denied'

# ---- over the shoulder --------------------------------------------------------------------------

ssh st-1 chot watch --look --json >"$work/out" 2>"$work/err"
is "that key does not look at the screen" "$? $(cat "$work/out")" "77 "
desk start_tmux 100x30 "chot watch --look st-1 2>$work/said"
ok "not by the program either" until_ok grep -q 'may not look' "$work/said"
sed -i "s|IdentityFile .*|IdentityFile $work/keys/an|" "$work/ssh_config"
desk start_tmux 100x30 "exec chot watch --look st-1"
ok "the key of a person does" desk wait_for 'WATCHED \(P 0 ends it\): Tran An'
ok "and the officer sees it" wait_for 'WATCHED \(P 0 ends it\): Tran An'
ssh st-1 sh </dev/null >"$work/out" 2>&1
is "that key is no shell either" "$?" 77
desk keys q
ok "then it is over" until_ok sh -c "! tmux -S '$tmux_socket' capture-pane -p | grep -q WATCHED"
done_testing

# SPDX-License-Identifier: GPL-3.0-or-later
# Many posts in one table: good, stopped, slow, dead, talking nonsense. The
# ssh is ours and runs what a post's forced command would.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
look=$work/chot-look
# The one of this build: from outside nobody can say where chot lies.
sed "s|^PATH=.*|PATH='$PATH'|" "$SRCDIR/contrib/watch/chot-look" |
	grep -v '^unset CHOT_' >"$look"
chmod +x "$look"

make_post() { # NAME
	mkdir -p "$work/$1/state/keys" "$work/$1/run" "$work/$1/home/chot"
	cat >"$work/$1/home/chot/chot.conf" <<-EOF2
		station { id = "$1"  name = "Post $1"  language = "en" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/$1/state"
		run = "$work/$1/run"
		lane "1" { scanner = { "serial:$work/$1/none,protocol=line" } }
	EOF2
}

mkdir "$work/bin"
cat >"$work/bin/ssh" <<EOF2
#!/bin/sh
echo "\$*" >>"$work/ssh.log"
while [ "\$1" != -- ]; do shift; done
host=\$2
shift 2
case \$host in
dead) echo "ssh: connect to host dead port 22: Connection refused" >&2; exit 255 ;;
slow) exec sleep 60 ;;
drip) while :; do echo hello; sleep 0.2; done ;;
flood) exec yes "a long line of nonsense that never ends" ;;
binary) head -c 100000 /dev/urandom; exit 0 ;;
hostile) printf '{"id":"H\\\\u001b]0;owned\\\\u0007","state":"well","x":"\\\\u001b[2J\\\\u202e"}\n'; exit 0 ;;
nested) printf '{"id":"N","x":{"y":1}}\n'; exit 0 ;;
esac
XDG_CONFIG_HOME=$work/\$host/home SSH_ORIGINAL_COMMAND="\$*" \\
    exec "$look"
EOF2
chmod +x "$work/bin/ssh"
PATH=$work/bin:$PATH
for post in st-1 st-2 st-3; do make_post $post; done
cat >"$work/hosts" <<-EOF2
	# the posts of the province
	st-1
	st-2   # Highway 1

	st-3
EOF2

start=$(date +%s)
status "failing posts are told" 2 chot watch --once --hosts "$work/hosts" \
    dead slow drip flood binary hostile nested
end=$(date +%s)
cp "$work/out" "$work/table"
ok "all are asked at the same time" test $((end - start)) -lt 30
for post in st-1 st-2 st-3; do
	like "$post is in the table" "$(cat "$work/table")" "^X $post +FAILING"
done
like "dead, in ssh's words" "$(cat "$work/table")" '^X dead .*Connection refused'
like "slow has five seconds" "$(cat "$work/table")" '^X slow .*no answer within 5 s'
like "so has one that drips" "$(cat "$work/table")" '^X drip .*(within 5 s|hello)'
like "a flood ends" "$(cat "$work/table")" '^X flood .*nonsense'
like "binary is no answer" "$(cat "$work/table")" '^X binary +NO ANSWER'
like "nor is a nested one" "$(cat "$work/table")" '^X nested .*not understood'
is "no control reaches the terminal" \
    "$(tr -d '\n' <"$work/table" | tr -dc '\000-\037\177' | wc -c)" 0
like "only the status is asked for" "$(cat "$work/ssh.log")" \
    'BatchMode=yes.* -- st-1 chot status --json$'

chot watch --once --json st-1 dead >"$work/json"
is "an object a post" "$(wc -l <"$work/json")" 2
like "with its status" "$(head -1 "$work/json")" \
    '^\{"host":"st-1","reached":true,"level":2,"status":\{.*"state":"failing"'
like "or why there is none" "$(tail -1 "$work/json")" \
    '"reached":false,"why":"ssh: connect to host dead'
status "this post without a host" 2 env XDG_CONFIG_HOME="$work/st-1/home" \
    chot watch --once
like "is in the table" "$(cat "$work/out")" '^X st-1 '
status "an option is no host" 64 chot watch --once -- -oProxyCommand=x
status "nor is a shell's word" 64 chot watch --once 'a;b'
echo 'good
$(reboot)' >"$work/bad"
status "nor in a file" 65 chot watch --once --hosts "$work/bad"
like "which is named" "$(cat "$work/err")" 'bad:2: '

# Sixty at once.
i=0
while [ $i -lt 60 ]; do
	[ $((i % 2)) -eq 0 ] && echo hostile || echo dead
	i=$((i + 1))
done >"$work/sixty"
status "sixty posts" 2 chot watch --once --hosts "$work/sixty"
is "each has its line" "$(grep -c 'H.*well' "$work/out")" 30
i=0
while [ $i -lt 60 ]; do
	echo slow
	i=$((i + 1))
done >"$work/slow"
chot watch --hosts "$work/slow" --every 1 >"$work/out" 2>"$work/err" &
watching=$!
pids="$pids $watching"
sixty_at_once() {
	[ "$(wc -w <"/proc/$watching/task/$watching/children")" -eq 60 ]
}
ok "sixty are asked at the same time" until_ok sixty_at_once
ok "each has its own five seconds" until_ok sh -c \
    "[ \"\$(grep -c 'no answer within 5 s' '$work/out')\" -ge 60 ]"
kill "$watching"

# A hub of a nation: its pages come from chot-sync, which is ours here.
mkdir "$work/libexec"
cat >"$work/libexec/chot-sync" <<'EOF2'
#!/bin/sh
exec awk -v at="$(date -u +%Y-%m-%dT%H:%M:%SZ)" -v n="$(cat "$POSTS")" 'BEGIN {
	for (i = 1; i <= n; i++)
		printf "{\"station\":\"ST-%05d\",\"said\":\"%s\"," \
		    "\"status\":{\"state\":\"well\",\"queue\":%d}}\n", i, at, i
}'
EOF2
chmod +x "$work/libexec/chot-sync"
export POSTS="$work/posts"
echo 6616 >"$POSTS"
status "6,616 posts of a hub" 0 env CHOT_LIBEXEC="$work/libexec" \
    chot watch --hub https://hub.example --once
like "are all told" "$(head -n 1 "$work/out")" '^6616 posts: 0 failing'
like "to the last" "$(cat "$work/out")" 'ST-06616 +well'
echo 20001 >"$POSTS"
status "more than can be watched" 2 env CHOT_LIBEXEC="$work/libexec" \
    chot watch --hub https://hub.example --once
like "is said, not cut" "$(cat "$work/out")" 'more than 20000 posts'

# A person at the desk.
start_tmux 80x24 "exec chot watch --every 1 st-1 hostile dead"
ok "a table that is refreshed" wait_for '^X dead .*NO ANSWER'
ok "and says how to use it" wait_for 'left, right: columns   Enter: all of it'
fails "of 80 columns not all are seen" on_screen SHIFT
for column in QUEUE UNSENT DEV PASS CHECK STOP; do
	keys Right
done
ok "the others come from the right" wait_for 'POST +STATE +CLK .*VERSION +SHIFT'
ok "beside whose they are" wait_for '^X dead .*NO ANSWER'
keys h
ok "and go again" wait_for 'STATE +STOP +CLK'
keys Enter
ok "one post with all it said" wait_for '^station +stopped'
keys Escape
ok "and back" wait_for '3 posts: '
keys Down
keys Enter
ok "the chosen one" wait_for '^hostile'
keys q
is "leaves" "$(tmux_status)" 0

# The key that can only look, with no word from outside on where chot lies.
is "its path is its own" "$(grep -c '^PATH=/usr/bin:/bin$' "$SRCDIR/contrib/watch/chot-look")" 1
try() { # COMMAND
	XDG_CONFIG_HOME=$work/st-1/home SSH_ORIGINAL_COMMAND=$1 \
	    "$look" 2>/dev/null
}
for command in 'chot status --json' 'chot status' 'chot status --metrics' ''; do
	like "may: $command" "$(try "$command")" 'st-1'
done
while IFS= read -r command; do
	try "$command" >"$work/out"
	is "may not: $command" "$? $(cat "$work/out")" "77 "
done <<'COMMANDS'
sh
chot status --json; id
chot status --json && id
chot status --json | cat /etc/passwd
chot  status --json
chot status --json -c /tmp/x
chot outbox list
chot status $(id)
`id`
chot status --json #
../../bin/sh
-c
COMMANDS
try 'chot status --json
id' >"$work/out"
is "nor a second line" "$? $(cat "$work/out")" "77 "
done_testing

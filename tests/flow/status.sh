# SPDX-License-Identifier: GPL-3.0-or-later
# chot status for people, programs and monitoring; what confines each child.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
conf=$post/chot.conf
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
mv "$post/state/keys/site.key" "$work"
cat >"$post/pack.conf" <<-EOF2
	version = "a \"pack\" \\\\ 1"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
cat >"$conf" <<-EOF2
	station { id = "ST-STATUS"  name = "Status"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { scanner = { "serial:$work/scanner,protocol=line" } }
EOF2

send() {
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

metrics_are_good() {
	chot status --metrics -c "$conf" >"$work/metrics" || return 1
	awk -f "$SRCDIR/tests/tools/openmetrics.awk" "$work/metrics" \
	    >"$work/wrong"
	[ ! -s "$work/wrong" ] || {
		diag "$(cat "$work/wrong")"
		return 1
	}
}

value() { # METRIC
	sed -n "s/^$1 //p" "$work/metrics"
}

printf 'chot_up 1\n# TYPE chot_up gauge\nchot_up 1 x\nx{a=b} 1\n' >"$work/bad"
like "the parser finds what is wrong" \
    "$(awk -f "$SRCDIR/tests/tools/openmetrics.awk" "$work/bad")" 'labels'

status "a stopped station is failing" 2 chot status --check -c "$conf"
like "which one line says" "$(cat "$work/out")" \
    '^ST-STATUS failing: station: stopped'
is "and it is one" "$(wc -l <"$work/out")" 1
ok "metrics of a stopped station are OpenMetrics" metrics_are_good
is "and it is not up" "$(value chot_up)" 0
status "only one format" 64 chot status --json --check -c "$conf"
status "a configuration that is not there is no state" 78 \
    chot status --check -c "$work/none"

ulimit -c unlimited 2>/dev/null # so that it is they who forbid it
pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
ok "it is ready" wait_for 'READY'
wait_for_devices "$conf"
send '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "a verdict" wait_for 'PASS'
send 'who-knows-what-this-is'
ok "and another" wait_for 'CHECK'
sleep 0.5
until_ok sh -c "chot status -c '$conf' | grep -q '^verdicts_check  *1'"
ok "metrics of a running station are OpenMetrics" metrics_are_good
is "it is up" "$(value chot_up)" 1
is "its scanner answers" "$(value 'chot_device_up{device="1 scanner 1"}')" 1
is "verdicts are counted" \
    "$(value 'chot_verdicts_total{verdict="check"}')" 1
is "by kind" "$(value 'chot_verdicts_total{verdict="pass"}')" 1
like "a pack's name is escaped" "$(cat "$work/metrics")" \
    'pack="a \\"pack\\" \\\\ 1"'
unlike "no person is in the metrics" "$(cat "$work/metrics")" \
    '094300000123|Nguy|who-knows'
chot status -c "$conf" >"$work/status"
unlike "nor in the status" "$(cat "$work/status")" '094300000123|MẪU|Mẫu'
like "the shift, without a name" "$(cat "$work/status")" \
    '^shift +1 open since 20[0-9-]+T[0-9:]+Z$'
# Unknown codes are let pass, five of them: whoever looks after the post learns
# it, and the officer's screen does not say so.
for code in one two three four five; do
	keys c
	ok "against CHECK a reason, $code" wait_for 'On duty'
	keys 2
	ok "lets pass" wait_for READY
	send "an-unknown-code-$code"
	ok "another one" wait_for CHECK
done
overruled() {
	chot status -c "$conf" >"$work/status"
	grep -Eq '^overruled +unknown 5 of 5 in 30 min$' "$work/status"
}
ok "which rule that overrules, is told" until_ok overruled
like "and sums up" "$(chot status --check -c "$conf")" \
    'attention: .*overruled: unknown 5 of 5'
unlike "the officer is not told" "$(capture)" '5 of 5|verruled'
for child in recorder lookup machine "read scanner"; do
	like "what confines $child" "$(cat "$work/status")" \
	    "^confined $child +.*(no new privileges|seccomp)"
done
station=$(chot status -c "$conf" | sed -n 's/^pid  *//p')
for pid in $station $(cat "/proc/$station/task/$station/children"); do
	ok "no core of $(tr '\0' ' ' <"/proc/$pid/cmdline" | cut -d' ' -f2,3)" \
	    leaves_no_core "$pid"
done
# A sanitizer makes mlock(2) do nothing.
grep -aq __asan_init "$(command -v chot)" ||
	for pid in $station $(cat "/proc/$station/task/$station/children"); do
		case $(tr '\0' ' ' <"/proc/$pid/cmdline") in
		*' lookup '* | *' roster '* | *" -c $conf "*) ;;
		*) continue ;;
		esac
		ok "secrets are locked in memory: $(tr '\0' ' ' \
		    <"/proc/$pid/cmdline" | cut -d' ' -f2)" \
		    grep -Eq '^VmLck:[[:space:]]*([7-9][0-9]|[1-9][0-9]{2,}) kB' \
		    "/proc/$pid/status"
	done
mkfifo "$work/frames"
for program in "chot-camera y4m:$work/frames" "chot-plates http:127.0.0.1:0"; do
	name=${program%% *}
	[ -x "$CHOT_LIBEXEC/$name" ] || continue
	"$CHOT_LIBEXEC/$name" "${program#* }" </dev/null >"$work/$name" 2>&1 &
	ok "no core of $name" until_ok leaves_no_core $!
	kill -KILL $! 2>/dev/null
done
status "an unconfirmed clock wants attention" 1 chot status --check -c "$conf"
like "by name" "$(cat "$work/out")" 'attention: .*clock: unconfirmed'
pty scanner close
until_ok sh -c "chot status --check -c '$conf' | grep -q 'device 1 scanner 1: '"
like "a lost scanner is named" "$(chot status --check -c "$conf")" \
    'device 1 scanner 1: '
mkdir -p "$CHOT_MACHINE/sys/class/thermal/thermal_zone0"
echo 95000 >"$CHOT_MACHINE/sys/class/thermal/thermal_zone0/temp"
status "a board that burns is failing" 2 chot status --check -c "$conf"

# A recorder that stands still while the station takes its leave: it waits
# three seconds, in which everything else goes on.
recorder=$(pgrep -P "$station" -f 'chot recorder')
kill -STOP "$recorder"
keys q
ok "a record is on its way" until_ok sh -c \
    "! chot status -c '$conf' | grep -q '^records_unanswered  *0'"
keys C-q
keys C-q
is "the station ends in order" "$(tmux_status)" 0
kill -CONT "$recorder" 2>/dev/null
done_testing

# SPDX-License-Identifier: GPL-3.0-or-later
# The devices page: state, last reading and faults of each, without persons;
# a line of noise is no person; a thermometer that drifts is told.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "page"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	otherwise = "pass"
EOF2
# The thermometer of a crowd: fifty at 36.5, then fifty at 37.1.
cat >"$work/crowd" <<-'EOF2'
	echo hello 1 thermometer
	echo ok
	cat "$1"
	for i in $(seq 50); do echo "temp 36500 raw=35600 offset=900 samples=8 spread=20"; done
	for i in $(seq 50); do echo "temp 37100 raw=36200 offset=900 samples=8 spread=20"; done
	while sleep 5; do echo ok; done
EOF2
mkfifo "$work/go"
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-PAGE"  name = "Page"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  scanner = { "serial:$work/scanner,protocol=line" }
	  thermometer = { "exec:sh $work/crowd $work/go" }
	  printer = "serial:$work/none"
	}
EOF2
pty_start scanner
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for READY
until_ok eval 'chot status -c "$post/chot.conf" | grep -q "scanner 1 *ok"'
keys j
ok "J opens the page" wait_for '─ Devices '
ok "a scanner that works" wait_for 'Scanner 1 +works'
ok "a printer that is not there" wait_for 'Printer +lost .*No such file'
ok "with its faults" wait_for 'faults: [1-9]'
keys Escape
wait_for READY
# The same noise each time: 4 KB, with line ends in it.
pty scanner hex "$(awk 'BEGIN { for (x = 7; n < 4096; n++) {
    x = (x * 1103515245 + 12345) % 2147483648
    printf "%02X", int(x / 65536) % 255 + 1 } }')0D"
ok "4 KB of noise are said" wait_for 'Not readable: scan again'
fails "and are no person" on_screen '─ CHECK:'
pty scanner text 'a-code-nobody-knows\r'
ok "a text that nobody knows is one" wait_for '─ CHECK:'
keys j
ok "the page has the last reading" wait_for 'Scanner 1 +works +last [0-9]+ s ago: 19 bytes'
fails "and nothing of what it said" on_screen 'nobody-knows'
keys Escape
keys q
wait_for READY
echo >"$work/go"
ok "a thermometer that drifts is told" wait_for 'Thermometer 1 drifts by \+0\.6: check it'
done_testing

# SPDX-License-Identifier: GPL-3.0-or-later
# Lanes on one screen: one large, a line for each other, side by side on a
# wide one; a lane never takes another's screen.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "lanes"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code" }
	rule "look" { verdict = "check"  when = "sex = 'male'"  reason = "Xem lại"  reason_en = "Look again" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-LANES"  name = "Lanes"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { direction = "in"   scanner = { "serial:$work/one,protocol=line" } }
	lane "2" { direction = "out"  scanner = { "serial:$work/two,protocol=line" } }
EOF2

send() { # DEVICE TEXT
	pty "$1" hex "$(printf '%s\r' "$2" | od -An -v -tx1 | tr -d ' \n')"
}

pty_start one
pty_start two
start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "lane 1 is large" wait_for 'LANE 1 IN'
wait_for_devices "$post/chot.conf"
ok "lane 2 is one line" wait_for 'LANE 2 OUT: Ready'
send one 'who-knows-what-this-is'
ok "lane 1 has a CHECK" wait_for '─ CHECK:'
send two '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "lane 2 has a PASS beside it" wait_for 'LANE 2 OUT: PASS [0-9]:[0-9][0-9]'
ok "and lane 1 keeps its screen" on_screen '─ CHECK:'
keys Tab
ok "Tab goes to lane 2" wait_for 'LANE 2 OUT'
ok "which is large now" wait_for 'NGUYỄN THỊ MẪU'
ok "and lane 1 is the line" wait_for 'LANE 1 IN: CHECK'
keys c
ok "its key decides lane 2 alone" wait_for 'LANE 1 IN: CHECK'
keys Tab
ok "lane 1 still waits" wait_for '─ CHECK:'
like "the status tells both" "$(chot status -c "$post/chot.conf")" 'lane 2 +ready'
keys q
ok "and is decided at last" wait_for 'LANE 2 OUT: Ready'

# ---- four lanes ------------------------------------------------------------------

stop_tmux
until_ok sh -c "! chot status -c '$post/chot.conf' | grep -q '^station  *running'"
cat >>"$post/chot.conf" <<-EOF2
	lane "3" { direction = "in"   scanner = { "serial:$work/three,protocol=line" } }
	lane "4" { direction = "out"  scanner = { "serial:$work/four,protocol=line" } }
EOF2
pty_start three
pty_start four
start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "four lanes: one is large" wait_for '^ ST-LANES Lanes . LANE 1 IN '
wait_for_devices "$post/chot.conf"
lines() { # how many lanes have a line of their own
	capture | grep -Ec '^ LANE [234] (IN|OUT): (Ready|Reading…|[A-Z]+ [0-9]+:[0-9][0-9])'
}
three_lines() { [ "$(lines)" -eq 3 ]; }
ok "and each other has a line" until_ok three_lines
send one 'who-knows-what-lane-one-is'
wait_for '─ CHECK:' >/dev/null
send three 'who-knows-what-lane-three-is'
ok "a CHECK in lane 3 is on its line" wait_for '^ LANE 3 IN: CHECK [0-9]:[0-9][0-9]'
send four '001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'
ok "one in lane 4 on its own" wait_for '^ LANE 4 OUT: CHECK [0-9]:[0-9][0-9]'
ok "all beside the verdict of lane 1" until_ok three_lines
like "which keeps the screen" "$(capture | head -n 1)" 'LANE 1 IN '
unlike "and nobody of lane 4 is on it" "$(capture)" 'TRẦN VĂN'
keys Tab
wait_for '^ ST-LANES Lanes . LANE 2 OUT ' >/dev/null
keys Tab
wait_for '^ ST-LANES Lanes . LANE 3 IN ' >/dev/null
keys q
ok "a key decides the lane at hand" wait_for '─ READY'
ok "and no other" wait_for '^ LANE 1 IN: CHECK'
ok "nor the fourth" wait_for '^ LANE 4 OUT: CHECK'
keys Tab
ok "Tab goes round to the fourth" wait_for 'TRẦN VĂN THỬ'
keys Tab
ok "and on to the first, as it was left" wait_for '^ ST-LANES Lanes . LANE 1 IN '

# ---- on a wide screen ---------------------------------------------------------------

resize_tmux 160x48
ok "from 160 columns two stand side by side" wait_for 'LANE 1 IN .*LANE 2 OUT '
ok "the other two have their lines" wait_for '^ LANE 4 OUT: CHECK'
send two '092087000078||Lý Văn Mẫu|24081987|Nam|Ninh Kiều, Cần Thơ|10052021'
ok "lane 2 is read in its half" wait_for 'LÝ VĂN MẪU'
like "beside lane 1, which stays where it was" "$(capture | head -n 1)" \
    'LANE 1 IN .*LANE 2 OUT '
keys Tab
keys Tab
ok "3 and 4 are a pair as well" wait_for 'LANE 3 IN .*LANE 4 OUT '
ok "with both of theirs" wait_for 'TRẦN VĂN THỬ'
ok "the first two have lines then" wait_for '^ LANE 1 IN: CHECK'
is "no lane let go what another was told" "$(chot status -c "$post/chot.conf" |
    sed -n 's/^lane \([124]\) *\([a-z]*\).*/\1 \2/p' | tr '\n' ' ')" \
    "1 verdict 2 verdict 4 verdict "
keys C-q
keys C-q
stop_tmux

# ---- temperature first -----------------------------------------------------------------

sed '/^lane/d' "$post/chot.conf" >"$post/first.conf"
sed -i 's/needs = .*/needs = { "identity", "temperature" }/' "$post/pack.conf"
cat >>"$post/first.conf" <<-EOF2
	lane "1" {
	  direction = "in"  order = "temp-first"
	  scanner = { "serial:$work/one,protocol=line" }
	  thermometer = { "serial:$work/warmth,protocol=ascii" }
	}
	lane "2" {
	  direction = "out"
	  scanner = { "serial:$work/two,protocol=line" }
	  thermometer = { "serial:$work/heat,protocol=ascii" }
	}
EOF2
pty_start warmth
pty_start heat
start_tmux 80x24 "exec chot -c $post/first.conf"
wait_for_devices "$post/first.conf"
ok "nobody is there yet" wait_for "READY"
send warmth 36.7
ok "a reading waits for its scan" wait_for 'WAITING FOR A DOCUMENT \(36.7 °C\)'
send one '079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021'
ok "which gets it" wait_for '── PASS:'
ok "as its own" wait_for '36.7'
keys Tab
wait_for 'LANE 2 OUT ' >/dev/null
send heat 36.4
ok "a lane that scans first takes no reading before" wait_for 'nobody has scanned yet'
send two '001185000777||Hà Thị Thử|01021985|Nữ|Hoàn Kiếm, Hà Nội|10052021'
ok "it waits for the next one" wait_for '─ WAITING FOR TEMPERATURE'
send heat 36.5
ok "and then judges" wait_for '── PASS:'
ok "by that" wait_for '36.5 device 1'
keys Tab
wait_for '^ LANE 2 OUT: PASS' >/dev/null
sleep 0.5
keys Enter
wait_for '─ READY' >/dev/null
send warmth 36.6
wait_for '36.6 °C' >/dev/null
send warmth 36.8
wait_for '36.8 °C' >/dev/null
send one '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Mỹ Xuyên, Sóc Trăng|10052021'
ok "two readings before one scan fit two people" wait_for 'Reading fits two people'
keys C-q
keys C-q
stop_tmux

# ---- a lane for both ways ----------------------------------------------------------------

sed '/^lane "[234]"/d; s/direction = "in"/direction = "ask"/' \
    "$post/chot.conf" >"$post/asked.conf"
sed -i 's/needs = .*/needs = { "identity" }/' "$post/pack.conf"
out_of() { # PERSON: recorded on the way out
	chot outbox show -c "$post/asked.conf" --key "$post/state/keys/site.key" \
	    2>/dev/null | grep '"type":"crossing".*"direction":"out"' |
	    grep -q "$1"
}
start_tmux 80x24 "exec chot -c $post/asked.conf"
wait_for_devices "$post/asked.conf"
ok "the way in, first" wait_for 'LANE 1 IN '
keys v
ok "V turns it" wait_for 'LANE 1 OUT '
send one '083194000555||Đỗ Thị Mẫu|05051994|Nữ|Mỏ Cày, Bến Tre|10052021'
ok "who comes now is judged" wait_for '─ (PASS|CHECK):'
ok "on the way out" until_ok out_of 083194000555
keys q
wait_for '─ READY' >/dev/null
keys v
ok "and back" wait_for 'LANE 1 IN '
done_testing

# SPDX-License-Identifier: GPL-3.0-or-later
# What is typed instead of scanned, walked by keys in a real terminal: the
# declaration, the logbook, the search, a surge, the charts, a venue that is
# started again, and two lanes side by side.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "forms"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "declared" { verdict = "check"  when = "coalesce(declaration, 'none') = 'none'"  reason = "Chưa khai báo"  reason_en = "No declaration" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-FORMS"  name = "Forms"  language = "vi"  mode = "venue"  capacity = 50 }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { direction = "in"   scanner = { "serial:$work/one,protocol=line" } }
	lane "2" { direction = "out"  scanner = { "serial:$work/two,protocol=line" } }
EOF2

records() {
	chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" \
	    2>"$work/err"
}

record_with() { # PATTERN COUNT
	[ "$(records | grep -Ec -e "$1")" -eq "$2" ]
}

each() { # TEXT: a finger a letter, as people type
	text=$1
	while [ -n "$text" ]; do
		rest=${text#?}
		in_tmux send-keys -l "${text%"$rest"}"
		sleep 0.06
		text=$rest
	done
}

walk() { # TEXT, then Enter
	each "$1"
	keys Enter
}

pty_start one
pty_start two
start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "the post is ready" wait_for 'SẴN SÀNG'
wait_for_devices "$post/chot.conf"
keys o
wait_for 'Xác nhận giờ' && keys Enter
wait_for 'Giờ chuẩn'

keys k
ok "K opens the declaration, in Telex" wait_for 'Khai báo.*Telex'
walk 'Nguyeenx Thij Maaux'
walk '094300000123'
walk '15032000'
walk 'Myx Xuyeen'
ok "what is typed is composed" wait_for 'Nguyễn Thị Mẫu'
walk 'Socs Trawng'
walk ''
ok "and it counts at once" wait_for '─ ĐƯỢC QUA'
ok "it is a record" until_ok record_with '"type":"declaration".*"from":"Mỹ Xuyên"' 1
ok "and a fact of the crossing" until_ok record_with '"type":"crossing".*"declaration":"valid"' 1
sleep 0.5
keys Enter
ok "the name is gone with the decision" wait_for 'SẴN SÀNG'
fails "from the whole screen" on_screen 'NGUYỄN THỊ MẪU'
ok "one is inside" wait_for 'tối đa 50'

keys l
ok "L opens the logbook" wait_for 'Ghi bù'
walk "$(date -u -d '+7 hours -5 minutes' +%H%M)"
walk '001085012345'
walk '51f67890'
keys Enter
keys Enter
walk '2'
walk 'maats ddieenj'
ok "it is recorded as back-dated" until_ok record_with '"back_dated":true.*"note":"mất điện"' 1

keys t
ok "T asks what to find" wait_for 'Tìm trong ca'
walk '123'
ok "the last digits find it" wait_for 'Tìm thấy trong ca này'
ok "with what became of it" wait_for '…123 .*Cho qua'
keys Escape

keys e
ok "E shows charts" wait_for 'Biểu đồ'
keys Escape

keys s
ok "S asks for how long" wait_for 'bao nhiêu phút'
walk '12'
ok "the time left is shown" wait_for 'Xả chốt, còn 12 phút'
keys 4
sleep 0.1
keys 2
ok "one key is a vehicle" until_ok record_with '"state":"vehicle"' 2
keys s
ok "and the surge is closed with its sums" until_ok record_with '"vehicles":2,"people":6' 1

resize_tmux 160x48
ok "two lanes side by side" wait_for 'LÀN 1 VÀO.*LÀN 2 RA'
keys Tab
ok "the other half says how to come back" wait_for 'Tab sang làn này'
resize_tmux 80x24

keys C-q
keys C-q
is "it ends" "$(tmux_status)" 0
is "how many are inside is kept, and nobody's name" \
    "$(cat "$post/state/occupancy")" 7
rm -f "$post/run/occupancy"

# The same form in VNI; a mark typed twice is a digit again, and what comes as
# a burst is a scan and no typing.
sed -i 's/mode = "venue"/typing = "vni"  &/' "$post/chot.conf"
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for 'SẴN SÀNG'
wait_for_devices "$post/chot.conf"
keys k
ok "K opens the declaration, in VNI" wait_for 'Khai báo.*VNI'
each 'Nguye6n4 Thi5 Ma6u4'
ok "digits are marks and tones" wait_for 'Họ tên +Nguyễn Thị Mẫu'
each ' a66'
ok "the same once more undoes it" wait_for 'Họ tên +Nguyễn Thị Mẫu a6_'
in_tmux send-keys -l '094085000481|365000481|Trần Văn Thử|02011985|Nam|Mỹ Xuyên, Sóc Trăng|10052021'
in_tmux send-keys Enter
ok "a burst is a card, not typing" wait_for 'Số giấy tờ +094 085 000 481'
ok "and leaves alone what was typed" wait_for 'Họ tên +Nguyễn Thị Mẫu a6'
keys Escape
keys C-q
keys C-q
is "it ends as well" "$(tmux_status)" 0
rm -f "$post/run/occupancy"

start_tmux 80x24 "exec chot --plain -c $post/chot.conf"
ok "and known after a reboot" wait_for '^7 / 50$'
done_testing

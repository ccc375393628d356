# SPDX-License-Identifier: GPL-3.0-or-later
# An officer's shift at the keyboard: a real station in a real terminal, a
# scanner and a thermometer behind ptys, played byte by byte, in both
# languages.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
key=$work/site.key

MAI='094300000123|365000123|Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
NAM='001085012345||Trần Văn Thử|01021985|Nam|Hoàn Kiếm, Hà Nội|10052021'
LAN='079190000456||Lê Thị Thử|20071990|Nữ|Quận 3, TP Hồ Chí Minh|10052021'
WRONG='094300000124||Nguyễn Thị Sai|15031999|Nam|Mỹ Xuyên, Sóc Trăng|10052021'

make_post() { # LANGUAGE
	rm -rf "$post"
	mkdir -p "$post/state/keys" "$post/run"
	chot key seal "$post/state/keys/site" >/dev/null
	mv "$post/state/keys/site.key" "$key"
	cat >"$post/chot.conf" <<-EOF2
		station { id = "ST-QL1A"  name = "Quốc lộ 1A"  language = "$1" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$post/state"
		run = "$post/run"
		lane "1" {
		  direction = "in"
		  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
		  thermometer = { "serial:$work/thermometer,protocol=ascii" }
		}
	EOF2
	now=$(date -u +%Y-%m-%dT%H:%M:00Z)
	old=$(date -u -d '-80 hours' +%Y-%m-%dT%H:%M:00Z)
	cat >"$work/declarations.csv" <<-EOF2
		id,declared_at,from,to,origin_zone,destination_zone,symptoms
		094300000123,$now,Mỹ Xuyên,Sóc Trăng,1,1,0
		094300000124,$now,Mỹ Xuyên,Sóc Trăng,1,1,0
		001085012345,$now,Hà Nội,Sóc Trăng,1,1,0
		079190000456,$old,Quận 3,Sóc Trăng,1,1,0
	EOF2
	cat >"$work/statuses.csv" <<-EOF2
		id,status,since,ends,source
		001085012345,F0,$(date -u -d '-5 days' +%F),$(date -u -d '+9 days' +%F),CDC Sóc Trăng
	EOF2
	printf 'id,state,valid_from,valid_to\n' >"$work/permits.csv"
	printf 'plate,kind,green_lane,wanted\n83A12345,car,0,0\n' >"$work/vehicles.csv"
	printf 'id,wanted\n094300000199,0\n' >"$work/persons.csv"
	for list in declarations statuses permits vehicles persons; do
		chot register import -c "$post/chot.conf" "$work/$list.csv" \
		    >"$work/import.out" 2>&1 || diag "$(cat "$work/import.out")"
	done
}

start_post() {
	start_tmux 80x24 "exec chot -c $post/chot.conf"
	wait_for_devices "$post/chot.conf"
}

bytes() { # DEVICE TEXT: as it is, with CR
	pty "$1" hex "$(printf '%s\r' "$2" | od -An -v -tx1 | tr -d ' \n')"
}

scan() { bytes scanner "$1"; }
temperature() { measure thermometer "$1"; }

records() { # the sealed records, opened: one JSON object a line
	chot outbox show -c "$post/chot.conf" --key "$key" 2>"$work/err"
}

verified() {
	chot outbox verify -c "$post/chot.conf" >/dev/null 2>"$work/err"
}

record_with() { # PATTERN COUNT
	[ "$(records | grep -Ec -e "$1")" -eq "$2" ]
}

shift_in() { # LANGUAGE READY PASS CHECK STOP WAITING EXPIRED MISMATCH LOST DONE RECORDED
	make_post "$1"
	start_post
	ok "$1: the ready screen appears" wait_for "$2"
	ok "$1: the time is not confirmed" wait_for ' O '
	keys o
	keys Enter
	scan "$MAI"
	ok "$1: a scan waits for its temperature" wait_for "$6"
	ok "$1: the name is shown, letter for letter" wait_for 'NGUYỄN THỊ MẪU'
	temperature 36.5
	ok "$1: all well is a PASS" wait_for "── $3:"
	ok "$1: what is shown is recorded" wait_for "${11} ST-QL1A/"
	scan "$WRONG"
	temperature 36.6
	ok "$1: a number that does not fit is CHECK" wait_for "─ $4:"
	ok "$1: it says why" wait_for "$8"
	ok "$1: the next scan confirmed the pass" until_ok \
	    record_with '"outcome": ?"passed","by": ?"next"' 1
	keys c
	keys 2
	ok "$1: let pass against the verdict, with a reason" until_ok \
	    record_with '"why": ?"on-duty","against": ?true' 1
	scan "$LAN"
	temperature 36.4
	ok "$1: an old declaration is CHECK" wait_for "$7"
	keys q
	ok "$1: turned back" until_ok record_with '"outcome": ?"turned-back","by": ?"key"' 1
	keys b
	type_text 83A-123.45
	keys Enter
	scan "$NAM"
	temperature 36.4
	ok "$1: F0 is STOP" wait_for "$5:"
	ok "$1: only the code stands there" wait_for ' Y1'
	ok "$1: the plate was typed once" wait_for '83A-?123\.?45'
	keys Escape
	sleep 0.5
	keys Enter
	ok "$1: Enter brings to the health desk" until_ok \
	    record_with '"outcome": ?"health-desk"' 1
	ok "$1: the record has the plate" record_with '"plate": ?"83A12345"' 1
	keys b
	type_text 51F67890
	keys Enter
	sleep 3 # until then it is the same read
	scan "$MAI"
	ok "$1: the same person again is asked" wait_for "${12}"
	sleep 0.5
	keys Enter
	temperature 38.2
	ok "$1: fever is CHECK" wait_for '38[,.]2'
	keys d
	ok "$1: and waits for a second reading" until_ok record_with '"outcome": ?"waiting"' 1
	ok "$1: the waiting list shows it" wait_for '123.*38[,.]2'
	ok "$1: the chain is whole" verified
}

pty_start scanner
pty_start thermometer

shift_in vi 'SẴN SÀNG' 'ĐƯỢC QUA' 'KIỂM TRA' 'DỪNG LẠI' 'CHỜ NHIỆT ĐỘ' \
    'hết hạn' 'không khớp' MẤT ready 'ĐÃ GHI' 'phút trước'

# ---- what comes from outside never reaches the terminal -----------------------

hostile() { # NAME HEX
	pty scanner hex "${2}0d"
	sleep 0.3
	keys Escape
	if capture | grep -q 'SẴN SÀNG'; then
		ok "hostile, $1: the lane stays ready" true
	else # it opened somebody: the unknown code is judged, then sent back
		ok "hostile, $1: judged" wait_for 'Q quay đầu|CHỜ' 100
		bytes thermometer 36.5
		wait_for '─ KIỂM TRA:' 100
		keys q
		wait_for 'SẴN SÀNG' 100
	fi
	unlike "hostile, $1: nothing raw on the screen" "$(capture_styles | tr -d '\n' | sed 's/\x1b\[[0-9;]*m//g')" "$(printf '[\001-\010\013-\037\177]')"
}

many() { # COUNT BYTE
	printf "$2%.0s" $(seq "$1")
}

hostile 'escape sequences' "$(printf '\033]0;owned\007\033[2J\033[31mX\033c' | od -An -v -tx1 | tr -d ' \n')"
hostile 'NULs' 3039340000000000000000
pty scanner hex 000000000d
ok "hostile, nothing but NULs: a word is said" wait_for 'toàn số không' 50
hostile 'newlines and bidi' "$(printf '0943\n000\342\200\256abc\342\201\246' | od -An -v -tx1 | tr -d ' \n')"
hostile 'invalid UTF-8 in a card' "$(printf '094300000123|365000123|Nguy\341\273|15032000|N\377|x|10052021' | od -An -v -tx1 | tr -d ' \n')"
hostile '10,000 characters' "$(many 10000 41)"
hostile '4 KB of noise' "$(head -c 4096 /dev/urandom | tr '\r\n\t\003' 'xxxx' | od -An -v -tx1 | tr -d ' \n')"
scan "$LAN"
ok "the next good scan works" wait_for 'LÊ THỊ THỬ'
keys Escape
sleep 0.5
keys Escape
keys Enter
wait_for 'CHỜ NHIỆT ĐỘ|─ KIỂM TRA:'
bytes thermometer 36.5
wait_for '─ KIỂM TRA:'
keys q
wait_for 'SẴN SÀNG'

# ---- a device that goes away ------------------------------------------------------

pty thermometer close
ok "a lost thermometer is shown" wait_for 'MẤT nhiệt kế 1|MẤT máy đo 1|NHIỆT 1 MẤT|Thermometer 1 lost' 100
pty thermometer open
gone() { ! on_screen 'MẤT nhiệt kế 1|MẤT máy đo 1|NHIỆT 1 MẤT|Thermometer 1 lost'; }
ok "and heals within 2 s of coming back" env true
PATIENCE=60 until_ok gone
ok "it is not shown any more" gone

# ---- one station a post, killed children, killed station ------------------------------

chot -c "$post/chot.conf" </dev/null >"$work/out" 2>"$work/err"
is "a second station is refused" "$?" 75
like "and told who has the post" "$(cat "$work/err")" 'another station runs on|process [0-9]+|pid [0-9]+'
station=$(chot status -c "$post/chot.conf" --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
ok "the status names the station" test -n "$station"
like "the status says where the register's key is" "$(chot status -c "$post/chot.conf")" 'register_key +in a file'
before=$(records | wc -l)
pkill -KILL -P "$station" -f 'chot.* recorder'
pkill -KILL -P "$station" -f 'chot.* lookup'
scan 'unknown-code-after-the-kill'
temperature 36.5
ok "with recorder and look-up killed the post goes on" wait_for '─ KIỂM TRA:'
keys q
more() { [ "$(records | wc -l)" -ge $((before + 2)) ]; }
ok "and nothing is lost" until_ok more
kill -KILL "$station"
ok "after kill -9 the chain is whole" until_ok verified
gone_children() { ! pgrep -f "chot.* (recorder|lookup|read) .*$work" >/dev/null; }
ok "and no child is left behind" until_ok gone_children

# ---- full disk --------------------------------------------------------------------------

if mkdir "$work/small" && mount -t tmpfs -o size=24m none "$work/small" 2>/dev/null; then
	make_post vi
	cp -r "$post/state" "$work/small/state"
	sed -i "s#^state = .*#state = \"$work/small/state\"#" "$post/chot.conf"
	start_post
	wait_for 'SẴN SÀNG'
	keys o
	keys Enter
	sleep 0.5
	# Whatever the outbox keeps in reserve goes as well.
	rm -f "$work"/small/state/*ballast*
	head -c 32M /dev/zero >"$work/small/fill" 2>/dev/null
	scan "$MAI"
	temperature 36.5
	ok "a full disk is said in red words" wait_for 'CHƯA GHI'
	unlike "and nothing is called recorded" "$(capture)" 'ĐÃ GHI'
	rm -f "$work/small/fill"
	ok "with room again it is recorded" wait_for 'ĐÃ GHI ST-QL1A/'
	sleep 0.5
	keys Enter
	ok "once" until_ok record_with '"type": ?"crossing"' 1
	stop_tmux
	until_ok umount "$work/small" 2>/dev/null
else
	ok "a full disk # SKIP no tmpfs can be mounted here" true
fi

# ---- the same in English ----------------------------------------------------------------------

shift_in en 'READY' 'PASS' 'CHECK' 'STOP' 'WAITING FOR TEMPERATURE|WAITING FOR' \
    'expired' 'does not fit|disagree' lost ready 'RECORDED' 'min ago'
keys C-q
keys C-q
is "Ctrl-Q twice leaves" "$(tmux_status || capture)" 0
done_testing

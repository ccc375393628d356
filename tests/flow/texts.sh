#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Vietnamese is complete where an officer reads it, says the words that were
# agreed on, and fits.
. "$SRCDIR/tests/flow/lib.sh"
for tool in xgettext msgmerge msgattrib msgfmt gettext; do
	command -v $tool >/dev/null || skip_all "$tool of gettext is missing"
done

cd "$SRCDIR" || exit 1
po=$SRCDIR/po/vi.po

# FOLDER...: the catalogue as it stands for the texts of these folders.
catalogue_of() {
	find "$@" -name '*.c' | LC_ALL=C sort |
		xgettext -f - --from-code=UTF-8 -k_ -kN_ -o "$work/part.pot" \
		    2>/dev/null
	msgmerge -q -N --no-wrap -o "$work/part.po" "$po" "$work/part.pot"
}

# OPTION: the msgids of the last catalogue that msgattrib picks by it.
msgids() {
	msgattrib "$1" --no-obsolete --no-wrap --no-location "$work/part.po" |
		awk 'BEGIN { RS = "" } NR > 1 { sub(/^.*\nmsgid /, "msgid ")
		    sub(/\nmsgstr.*/, ""); print }'
}

ok "the catalogue is well formed" \
    msgfmt -c --check-format -o /dev/null "$po"
for room in station screen credential; do
	catalogue_of "src/$room"
	ok "there are texts in $room" test "$(msgids --translated | wc -l)" -gt 9
	is "$room: nothing is untranslated" "$(msgids --untranslated)" ""
	is "$room: nothing is a guess" "$(msgids --only-fuzzy)" ""
	is "$room: no word that officers do not want on the screen" \
	    "$(sed -n '/^msgstr/,/^$/p' "$work/part.po" |
	    grep -iE 'đối tượng|từ chối|lỗi|thất bại')" ""
done

# The rest may be behind while it is written; whoever translates looks here.
catalogue_of src
is "nothing is a guess anywhere" "$(msgids --only-fuzzy)" ""
diag "untranslated elsewhere: $(msgids --untranslated | grep -c '^msgid ')"

# The words agreed on with officers.
vietnamese() { # MSGID
	LC_ALL=C.UTF-8 LANGUAGE=vi TEXTDOMAINDIR=$CHOT_LOCALE gettext chot "$1"
}

while IFS='|' read -r english word; do
	is "$english" "$(vietnamese "$english")" "$word"
done <<'WORDS'
PASS|ĐƯỢC QUA
CHECK|KIỂM TRA
STOP|DỪNG LẠI
Let pass|Cho qua
Turn back|Quay đầu
To health desk|Chuyển bàn y tế
Hold, hand over|Giữ lại, bàn giao
Waiting, second reading|Chờ đo lại
Left|Bỏ đi
No decision|Chưa quyết định
Against the verdict|Khác máy
Ready|Sẵn sàng
Waiting for temperature|Chờ nhiệt độ
Waiting for a document|Chờ giấy tờ
Reading…|Đang đọc…
Recorded|Đã ghi
NOT RECORDED: %s|CHƯA GHI: %s
disk full|đĩa đầy
OFFLINE %ld min, %ld to send|MẤT MẠNG %ld phút, chờ gửi %ld
Clock confirmed|Giờ chuẩn
Clock held|Giờ tạm
Scanner %d lost|MẤT máy quét %d
TRAINING, not counted|TẬP HUẤN, không tính
ID|Số CCCD
Old ID|Số CMND
Passport|Hộ chiếu
From|Nơi đi
To|Nơi đến
Male|Nam
Female|Nữ
%s device %d|%s máy %d
Card not authenticated|Thẻ chưa xác thực
Signature false|Chữ ký sai
Signature could not be checked|Không kiểm được chữ ký
Reading fits two people|Không rõ nhiệt độ của ai
Number does not fit birth date|Số CCCD không khớp ngày sinh
No declaration|Chưa khai báo
Closer|Đưa mã lại gần
Farther|Đưa mã ra xa
Brighten your screen|Tăng sáng màn hình
Tilt, avoid sun|Nghiêng mã, tránh nắng
Choose a reason|Chọn lý do cho qua
Emergency|Cấp cứu
On duty|Công vụ
Valid on paper|Giấy tờ giấy hợp lệ
Device wrong|Máy đo sai
Leader's order|Lệnh trưởng ca
Other|Khác
Scanner's character set is wrong: print test page|Máy quét sai bảng mã: in trang thử
Leader's PIN needed|Cần trưởng ca nhập PIN
WORDS

# CMND is the card of nine digits, and nothing else is called so.
catalogue_of src/station src/screen src/credential
is "CMND only with nine digits" "$(grep '^msgstr.*CMND' "$work/part.po" |
    grep -v -e '9 số' -e '"Số CMND"')" ""

# Help goes on an 80-column console.
LANGUAGE=vi chot --help | grep -v '^  read ' >"$work/help"
for command in $(sed -n 's/^  \([a-z]*\)  *.*/\1/p' "$work/help"); do
	LANGUAGE=vi chot "$command" --help >>"$work/help"
done
like "help speaks Vietnamese" "$(cat "$work/help")" '^cách dùng: chot outbox'
is "help fits into 80 columns" "$(grep -E '^.{81,}$' "$work/help")" ""
done_testing

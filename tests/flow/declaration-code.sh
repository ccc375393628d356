# SPDX-License-Identifier: GPL-3.0-or-later
# A declaration of 18 fields, in Vietnamese, on a citizen's phone: its code has
# as many modules as the manual says, and a 720p camera reads it at 30 cm.
. "$SRCDIR/tests/flow/lib.sh"

[ -x "$BUILDDIR/tests/tools/phonecode" ] || skip_all "libqrencode is missing"
[ -x "$CHOT_LIBEXEC/chot-camera" ] || skip_all "chot-camera is not built"

cat >"$work/declaration.json" <<-'EOF2'
	{"kind":"declaration","iss":"CA-94","iat":"2021-10-15T07:30+07:00","exp":"2021-10-18T07:30+07:00","id":"094300000123","name":"Nguyễn Thị Mẫu","birth":"2000-03-15","sex":"female","nationality":"VNM","address":"Ấp Mẫu, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng","phone":"0912345678","from":"Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng","to":"Phường 4, Quận 8, TP. Hồ Chí Minh","departs":"2021-10-15T09:00+07:00","purpose":"Khám bệnh tại bệnh viện","symptoms":[],"contact":false,"visited":["Phường 2, TP. Sóc Trăng","Quận 8"],"vehicle":"83P1-234.56","vehicle_kind":"xe máy","companions":[{"name":"Trần Văn An","id":"094099000456","birth":"1999-02"},{"name":"Bé Na"}],"number":"KB-2021-000123"}
EOF2
chot credential issue -k "$SRCDIR/tests/credentials/test-key.pem" \
	"$work/declaration.json" >"$work/code"
is "18 fields at least" "$(tr ',' '\n' <"$work/declaration.json" |
	grep -cE '"(id|name|birth|sex|nationality|address|phone|from|to|departs|purpose|symptoms|contact|visited|vehicle|vehicle_kind|companions|number)":' |
	awk '{ print ($1 >= 18) }')" 1

# PIXELS BLUR NOISE: hundredths of a pixel a module, of a pixel, grey levels
seen() {
	rm -rf "$work/pictures"
	mkdir "$work/pictures"
	"$BUILDDIR/tests/tools/phonecode" "$1" "$2" "$3" <"$work/code" \
	    >"$work/pictures/1.pgm" 2>"$work/modules"
	timeout 60 "$CHOT_LIBEXEC/chot-camera" "images:$work/pictures" |
	    sed -n 's/^scan qr \([0-9A-F]*\).*/\1/p' >"$work/scan"
	[ "$(cat "$work/scan")" = "$(tr -d '\n' <"$work/code" |
	    od -An -v -tx1 | tr -d ' \n' | tr a-f A-F)" ]
}

# 60 mm wide with its border, 30 cm away, a view of 65 degrees: 1280 pixels
# over 382 mm are 201 for 81 modules, 2.5 each.
ok "a sharp picture is read" seen 250 0 0
modules=$(cat "$work/modules")
ok "blurred and noisy too" seen 250 100 20
ok "and somewhat farther away" seen 200 80 20
like "the manual says how many modules: $modules" \
	"$(tr '\n' ' ' <"$SRCDIR/man/chot-credential.7")" \
	"a code of version $(((modules - 17) / 4)) at level L, $modules modules wide"
fails "what is far too small is not read as something else" seen 80 60 12
is "but not at all" "$(cat "$work/scan")" ""
done_testing

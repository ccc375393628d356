#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot config: check, print, template.
. "$SRCDIR/tests/flow/lib.sh"

sample=$SRCDIR/tests/conf/sample.conf
status "the sample is in order" 0 chot config check "$sample"
like "and said to be" "$(cat "$work/out")" 'in order; station ST-QL1A'
status "-c does the same" 0 chot config check -c "$sample"
status "the template" 0 chot config template
cp "$work/out" "$work/template.conf"
status "is in order" 0 chot config check "$work/template.conf"
status "a configuration is printed" 0 chot config print -c "$sample"
cp "$work/out" "$work/printed.conf"
status "the print is in order" 0 chot config check "$work/printed.conf"
status "and printed again" 0 chot config print -c "$work/printed.conf"
ok "is the same" cmp -s "$work/out" "$work/printed.conf"

status "a bad file is refused" 78 chot config check \
    "$SRCDIR/tests/conf/bad/unknown-in-lane.conf"
is "in one line with its place" "$(cat "$work/err")" \
    "chot: $SRCDIR/tests/conf/bad/unknown-in-lane.conf:4: no such option 'scaner'"
device() { # DEVICE-LINE
	printf 'station { id = "A" }\nlane 1 { %s }\n' "$1" >"$work/device.conf"
	chot config check "$work/device.conf" 2>"$work/err" >"$work/out"
}
fails "a device's option is checked" device 'scanner = { "serial:/dev/x,bauds=9600" }'
like "and named" "$(cat "$work/err")" 'lane 1: scanner: .*no option "bauds"'
fails "a device of another role" device 'thermometer = { "serial:/dev/x,protocol=line" }'
fails "a printer is no camera" device 'printer = "v4l2:/dev/video0"'
fails "one port twice" device 'scanner = { "serial:/dev/x", "serial:/dev/x,baud=9600" }'
like "is said" "$(cat "$work/err")" '/dev/x is used twice'
ok "a camera is known" device 'camera = "v4l2:/dev/video0,size=1280x720"'

# ---- what it names -------------------------------------------------------------------------

checked() { # POLICY
	printf 'station { id = "A" language = "vi" }\npolicy = "%s"\n' "$1" \
	    >"$work/rules.conf"
	chot config check "$work/rules.conf" >"$work/out" 2>"$work/err"
}
ok "rules that load" checked "$SRCDIR/contrib/policy/vietnam-2021.conf"
is "there is nothing more to say" "$(cat "$work/err")" ""
ok "rules that come later" checked /nonexistent/policy.conf
like "are said to be lacking" "$(cat "$work/err")" 'no rules yet: /nonexistent'
echo 'version = "x"' >"$work/broken.conf"
fails "rules that do not load" checked "$work/broken.conf"
like "are refused by name" "$(cat "$work/err")" 'rules.conf: policy: .*broken.conf'
mkdir -p "$work/locale/vi/LC_MESSAGES"
{
	printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
	printf 'msgid "STOP"\nmsgstr "DỪNG LẠI NGAY"\n'
} | msgfmt -o "$work/locale/vi/LC_MESSAGES/chot.mo" -
CHOT_LOCALE=$work/locale
export CHOT_LOCALE
fails "a verdict word that is too wide" checked \
    "$SRCDIR/contrib/policy/vietnam-2021.conf"
like "is refused" "$(cat "$work/err")" 'language vi: .*too wide for 80 columns'
unset CHOT_LOCALE

status "no such file" 78 chot config check /nonexistent
status "no verb" 64 chot config
status "--help" 0 chot config --help
done_testing

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot register and chot lookup as an officer, a script and the station meet
# them: lists in, entries out, every bad line told, nothing half done.
. "$SRCDIR/tests/flow/lib.sh"

state=$work/state
cat >"$work/chot.conf" <<EOF
station { id = "ST-T" name = "Thử" }
state = "$state"
run = "$work/run"
EOF

register() { # VERB...: with this post's configuration
	chot register -c "$work/chot.conf" "$@"
}
show() {
	register show "$@" 2>"$work/err"
}

cat >"$work/declarations.csv" <<'EOF'
id,name,declared_at,from,to,plate
094300000123,Nguyễn Thị Mẫu,2021-10-22T09:15+07:00,"Mỹ Xuyên, Sóc Trăng",Phường 2,83A-123.45
365000123,Trần Văn Thử,2021-10-20,,,
EOF
printf 'id;status;since;ends;source\r\n094300000123;F1;2021-10-12;2021-11-02;CDC Sóc Trăng\r\n' \
    >"$work/statuses.csv"
cat >"$work/vehicles.csv" <<'EOF'
plate,kind,green_lane
83A-123.45,car,1
EOF

# ---- before anything was imported ----
status "no register is not available" 69 register show 094300000123
status "nor is there anything to verify" 69 register verify
ok "and nothing was made" test ! -e "$state/register.db"

# ---- import ----
status "lists come in" 0 register import --made 2021-10-22T13:00+07:00 \
    "$work/declarations.csv" "$work/statuses.csv" "$work/vehicles.csv"
like "the key was made and that is said" "$(cat "$work/out")" \
    "made the register's key: $state/keys/register.key"
like "rows are counted" "$(cat "$work/out")" "declarations.csv: 2 rows into declarations"
like "lists are described" "$(cat "$work/out")" \
    "^statuses +1  made 2021-10-22 13:00, .* statuses.csv"
is "the key is its owner's alone" "$(stat -c %a "$state/keys/register.key")" 600
is "and so is the register" "$(stat -c %a "$state/register.db")" 600
status "everything verifies" 0 register verify
status "as JSON Lines too" 0 register verify --json
like "one list a line" "$(cat "$work/out")" '^\{"list":"vehicles","entries":1,"made_at":1634882400,.*"source":"vehicles.csv"\}'

# ---- show ----
like "a person by number" "$(show 094300000123)" "^status +F1$"
like "with the place declared" "$(show 094300000123)" "^from +Mỹ Xuyên, Sóc Trăng$"
like "times as at the post" "$(show 094300000123)" "^declared_at +2021-10-22 09:15$"
like "by nine digits" "$(show 365000123)" "^declaration +valid$"
is "by canonical text" "$(show VNM:PIN:094300000123 --json)" "$(show 094300000123 --json)"
like "a vehicle by plate" "$(show '83a 123.45')" "^green_lane +1$"
like "nobody is none" "$(show 001085012345)" "^status +none$"
unlike "a list that was never loaded says nothing" "$(show 001085012345)" "^permit"
status "a number of no length" 65 register show 0943
status "show takes one" 64 register show
is "no name is kept" "$(show 094300000123 --json | grep -c -i nguy)" 0

# ---- what a thief gets ----
cat "$state"/register.db* >"$work/loot"
fails "no number, name or plate in the files" \
    grep -aEq '0943000|365000|Nguy|Trần|83A|83-?A|123\.?45' "$work/loot"
ok "but the words of lists" grep -aq "CDC" "$work/loot"

# ---- refused ----
cat >"$work/bad.csv" <<'EOF'
id,status,since,ends,source
001085012345,F0,2021-10-12,,CDC
001085012346,F0,,,CDC
001085012347,F0,12/10/2021,,CDC
001085012348,F0,2021-10-12,,
EOF
status "bad lines are refused" 65 register import "$work/bad.csv"
is "each is told" "$(sed "s,$work/,," "$work/err")" \
"bad.csv:3: since is missing: a row without it is not taken
bad.csv:4: since: not a time like 2021-08-12 or 2021-08-12T14:30+07:00
bad.csv:5: source is missing: a row without it is not taken
chot: 3 bad lines: nothing was imported"
like "the old list stands" "$(show 094300000123)" "^status +F1$"
like "whole" "$(show 001085012345)" "^status +none$"
status "one bad file spoils the lot" 65 register import "$work/vehicles.csv" "$work/bad.csv"
printf 'id,status,since,source\n\033[2J,\033]0;x\007,\202,\n' >"$work/escape.csv"
status "escape sequences are refused" 65 register import "$work/escape.csv"
fails "and never printed" grep -q "$(printf '\033')" "$work/err"
nasty=$(printf '%s/\033[2Jx.csv' "$work")
cp "$work/bad.csv" "$nasty"
status "a file's name may be anything" 65 register import "$nasty"
fails "and is not printed raw either" grep -q "$(printf '\033')" "$work/err"
head -c 300000 /dev/urandom >"$work/noise.csv"
status "noise" 65 register import "$work/noise.csv"
head -c 300000 /dev/zero >"$work/zero.csv"
status "nothing but NULs" 65 register import "$work/zero.csv"
status "a device" 65 register import /dev/zero
status "no such file" 65 register import "$work/none.csv"
status "no file" 64 register import
status "no verb" 64 register
status "no such verb" 64 register export
status "no such option" 64 register import --frob
status "the register is as it was" 0 register verify

# ---- add, replace, age ----
printf 'id,status,since,ends,source\n001085012345,F2,2021-10-12,,CDC\n' >"$work/more.csv"
status "rows can be added" 0 register import --add --source "Trạm y tế" "$work/more.csv"
like "beside the others" "$(show 094300000123)" "^status +F1$"
like "the new one is there" "$(show 001085012345)" "^status +F2$"
like "the list is as old as its oldest part" "$(register verify)" \
    "^statuses +2  made 2021-10-22 13:00, .*Trạm y tế"
touch -d 2021-10-21T08:00+07:00 "$work/more.csv"
status "a list is replaced whole" 0 register import "$work/more.csv"
like "who is gone is none" "$(show 094300000123)" "^status +none$"
like "a list is as old as its file" "$(register verify)" \
    "^statuses +1  made 2021-10-21 08:00"

# ---- the key ----
mv "$state/keys/register.key" "$work/kept.key"
status "lists without their key are not available" 69 register show 094300000123
status "no second key is made for them" 78 register import "$work/more.csv"
like "that is said" "$(cat "$work/err")" "register.key is missing"
ok "in truth" test ! -e "$state/keys/register.key"
status "the key may lie elsewhere" 0 register -k "$work/kept.key" show 094300000123
printf '%064d\n' 7 >"$work/other.key"
chmod 600 "$work/other.key"
status "another key is not available" 69 register -k "$work/other.key" show 094300000123
status "and takes nothing in" 78 register -k "$work/other.key" import "$work/more.csv"
chmod 644 "$work/kept.key"
status "a key that others may read is refused" 78 register -k "$work/kept.key" show 094300000123
chmod 600 "$work/kept.key"
mv "$work/kept.key" "$state/keys/register.key"

# ---- the look-up child ----
answers=$(printf 'look 1 VNM:PIN:001085012345 -\nlook 2 - 83A12345\nlook x\nlook 3 - -\n' |
    chot lookup "$state/register.db" "$state/keys/register.key")
like "it says hello" "$answers" "^hello 1 lookup$"
like "a person" "$answers" '^found 1 \{"known":true,.*"status":"F2"'
like "a vehicle" "$answers" '^found 2 \{"known":true,.*"plate_known":1'
like "a broken line" "$answers" '^fault 0 '
like "nobody in particular" "$answers" '^found 3 \{"known":true'
like "no register" "$(echo 'look 4 - -' | chot lookup "$work/none.db" \
    "$state/keys/register.key")" '^found 4 \{"known":false,"why":"no register"\}$'
status "its arguments" 64 chot lookup

# ---- killed at any moment, an import is there whole or not at all ----
{
	echo "id,wanted"
	awk 'BEGIN { for (i = 0; i < 40000; i++) printf "001085%06d,1\n", i }'
} >"$work/many.csv"
whole=1
for seconds in 0.05 0.1 0.2 0.4; do
	chot register -c "$work/chot.conf" import "$work/many.csv" >/dev/null 2>&1 &
	victim=$!
	sleep $seconds
	kill -9 $victim 2>/dev/null
	wait $victim 2>/dev/null
	entries=$(register verify --json | sed -n 's/.*"persons","entries":\([0-9]*\).*/\1/p')
	case $entries in
	'' | 40000) ;;
	*)
		whole=0
		diag "$entries entries"
		;;
	esac
done
is "kill -9 leaves whole lists" "$whole" 1
status "and one that can be imported again" 0 register import "$work/many.csv"
like "as before" "$(show 001085039999)" "^wanted +1$"
done_testing

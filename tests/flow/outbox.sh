#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Keys, recorder and outbox by command, as an officer and as a stranger.
. "$SRCDIR/tests/flow/lib.sh"

conf=$work/chot.conf
state=$work/state
cat >"$conf" <<EOC
station { id = "ST-QL1A" }
state = "$state"
run = "$work/run"
lane "1" { direction = "in" }
EOC
mkdir "$state"

# ---- keys
status "no key yet" 0 chot key list -c "$conf"
like "and the way to one is said" "$(cat "$work/out")" 'chot key seal'
status "a site key is made" 0 chot key seal -c "$conf"
like "where the secret one belongs is said" "$(cat "$work/out")" \
    'site\.key: SECRET.*must leave the post'
is "only its owner reads it" "$(stat -c %a "$state/keys/site.key")" 600
status "it is not made twice" 65 chot key seal -c "$conf"
status "a register key is made" 0 chot key register -c "$conf"
status "keys are listed" 0 chot key list -c "$conf"
like "the secret one with a warning" "$(cat "$work/out")" \
    '^[0-9a-f]{16} .*site\.key .*must leave'
like "the register's key lies in a file" "$(cat "$work/out")" \
    'register\.key .*lies in a file'
mv "$state/keys/site.key" "$work/site.key"
mkdir "$work/dir"
status "a pair in a directory" 0 chot key seal "$work/dir"
ok "is called site" test -f "$work/dir/site.pub" -a -f "$work/dir/site.key"
status "a pair under a name" 0 chot key seal "$work/other"
ok "has that name" test -f "$work/other.pub" -a -f "$work/other.key"
status "an option is no name" 64 chot key seal -- -x
status "an unknown verb" 64 chot key make

# ---- records
record() { chot recorder "$state/outbox.db" ST-QL1A "$state/keys/site.pub"; }
count() { chot outbox count -c "$conf"; }
status "no outbox yet" 69 count
record >"$work/answers" <<EOR
hello 1 1
put 1 {"lane":"1","name":"Nguyễn Văn An","verdict":"pass"}
put 2 {"lane":"1","name":"a\u001b[31mb","x":"‮evil‏"}
put 3 {}
put 4 {"name":"bad
EOR
is "records are answered" "$(cut -d' ' -f1 "$work/answers" | tr '\n' ' ')" \
    "hello done done done fault "
epoch=$(sed -n 's/^hello 1 \([0-9a-f]*\) .*/\1/p' "$work/answers")
is "they are counted" "$(count)" 3
is "as JSON too" "$(chot outbox count --json -c "$conf")" \
    '{"records":3,"waiting":3}'
status "the chain is whole" 0 chot outbox verify -c "$conf"
like "and says so" "$(cat "$work/out")" '^3 records'
list=$(chot outbox list -c "$conf")
like "a list" "$list" "^ST-QL1A/$epoch/1  20[0-9-]+T[0-9:]+Z  [0-9a-f]{16}  1  "
like "a list as JSON" "$(chot outbox list --json --since 2 -c "$conf")" \
    "^\{\"id\":\"ST-QL1A/$epoch/3\",\"epoch\":\"$epoch\",\"seq\":3,.*\}\$"
is "since" "$(chot outbox list --since 1 -c "$conf" | wc -l)" 2
status "since takes a number" 64 chot outbox list --since x -c "$conf"

# ---- opened
status "sealed without a key" 64 chot outbox show -c "$conf"
like "which is said" "$(cat "$work/err")" 'sealed.*--key'
status "sealed to another" 65 chot outbox show --key "$work/other.key" -c "$conf"
status "the public key opens nothing" 78 \
    chot outbox show --key "$state/keys/site.pub" -c "$conf"
is "nothing was shown" "$(cat "$work/out")" ""
status "the secret key opens" 0 \
    chot outbox show --key "$work/site.key" -c "$conf"
is "one object a line" "$(wc -l <"$work/out")" 3
is "with its id" "$(head -n 1 "$work/out")" \
    "{\"id\":\"ST-QL1A/$epoch/1\",\"lane\":\"1\",\"name\":\"Nguyễn Văn An\",\"verdict\":\"pass\"}"
is "marks that turn text are escaped" "$(sed -n 2p "$work/out")" \
    "{\"id\":\"ST-QL1A/$epoch/2\",\"lane\":\"1\",\"name\":\"a\\u001b[31mb\",\"x\":\"\\u202eevil\\u200f\"}"
is "an empty one" "$(sed -n 3p "$work/out")" "{\"id\":\"ST-QL1A/$epoch/3\"}"
is "one by number, one by id" "$(chot outbox show --key "$work/site.key" \
    -c "$conf" 3 "ST-QL1A/$epoch/1" | sed 's/.*QL1A.*\/\([0-9]\).*/\1/' |
    tr '\n' ' ')" "3 1 "
status "another post's id" 65 chot outbox show --key "$work/site.key" \
    -c "$conf" "ST-QL1B/$epoch/1"
status "a number that is not there" 65 chot outbox show \
    --key "$work/site.key" -c "$conf" 9
status "no number at all" 64 chot outbox show --key "$work/site.key" \
    -c "$conf" x

# ---- while it runs
mkfifo "$work/in"
chot recorder "$state/outbox.db" ST-QL1A "$state/keys/site.pub" \
    <"$work/in" >"$work/live" 2>"$work/live-errors" &
recorder=$!
pids="$pids $recorder"
exec 9>"$work/in"
echo "hello 1 2" >&9
until_ok grep -q hello "$work/live"
echo 'put 1 {}' >&9
until_ok grep -q 'done 1' "$work/live"
is "counted while the recorder runs" "$(count)" 4
echo 'put 2 {}' >&9
until_ok grep -q 'done 2' "$work/live"
status "verified while it runs" 0 chot outbox verify -c "$conf"
record </dev/null >"$work/out" 2>"$work/err"
is "a second recorder is refused" $? 75
like "naming the first" "$(cat "$work/err")" "process $recorder\$"
kill -9 $recorder
wait $recorder 2>/dev/null
exec 9>&-
is "a killed one is followed at once" "$(echo 'hello 1 2' | record)" \
    "hello 1 $epoch 2"

# ---- found by a thief
ok "no name on the disk" test -z "$(grep -al 'Văn An' "$state"/outbox*)"

# ---- changed, damaged
cp -r "$state" "$work/changed"
key=$(printf '%s\n' "$list" | awk 'NR == 1 { print $3 }')
at=$(grep -abo "$key" "$work/changed/outbox.db" | tail -n 1 | cut -d: -f1)
printf x | dd of="$work/changed/outbox.db" bs=1 seek="$at" conv=notrunc \
    2>/dev/null
status "a change is found" 65 chot outbox verify \
    --file "$work/changed/outbox.db"
like "and named" "$(cat "$work/err")" 'record 1 was changed'
state=$work/changed
mkdir -p "$work/changed/keys"
echo "hello 1 3" | record >"$work/answers" 2>"$work/errors"
like "it is set aside" "$(cat "$work/answers")" \
    '^notice outbox damaged .*outbox\.db\.damaged-1'
like "in the log too" "$(cat "$work/errors")" 'damaged-1'
unlike "and a new epoch begun" "$(cat "$work/answers")" "hello 1 $epoch"
ok "nothing was deleted" test -s "$work/changed/outbox.db.damaged-1"
done_testing

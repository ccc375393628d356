# SPDX-License-Identifier: GPL-3.0-or-later
# The gate's relay at set-up: boards that answer are recognised, mute ones
# are known by their click, and nothing is switched by asking.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale" LANGUAGE=en
conf=$work/chot.conf
mkdir -p "$work/state" "$work/run"

plug_in() { # KIND: $work/KIND is such a board
	mkfifo "$work/$1.commands"
	"$BUILDDIR/tests/tools/relayboard" "$work/$1" "$1" \
	    <>"$work/$1.commands" >"$work/$1.answers" 2>&1 &
	pids="$pids $!"
	until_ok grep -qs '^ok' "$work/$1.answers"
	export CHOT_SETUP_PORTS="$work/$1"
}
begin() {
	cat >"$conf" <<-EOF2
		station { id = "NEW"  name = "New"  language = "en" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/state"
		run = "$work/run"
		lane "1" { direction = "in" ${1-} }
	EOF2
}
by_hand() { # LINE...
	printf '%s\n' "$@" | chot setup -c "$conf" relay >"$work/out" 2>&1
}
taken() { chot config print -c "$conf" | sed -n 's/.*relay *= *{* *"\(serial:[^"]*\)".*/\1/p'; }
switched() { grep -Ec '^relay [0-9]+ on' "$work/$1.answers"; }
clicked() { # KIND COUNT: on so often, and off again
	until_ok sh -c "[ \"\$(grep -Ec '^relay 1 on' '$work/$1.answers') \$(grep -Ec \
	    '^relay 1 off' '$work/$1.answers')\" = '$2 $2' ]"
}

for kind in modbus kmtronic; do
	begin
	plug_in $kind
	is "$kind answers" "$(chot devices --boards "$work/$kind" | tail -n 1)" \
	    "relay = \"serial:$work/$kind,protocol=$kind\""
	by_hand 1
	is "and is taken by its number" "$? $(taken)" \
	    "0 serial:$work/$kind,protocol=$kind"
	like "which is said" "$(cat "$work/out")" "1 serial:.*$kind +it answers"
	is "nothing was switched" "$(switched $kind)" 0
done
for kind in lcus hw667; do
	begin
	plug_in $kind
	like "$kind is mute" "$(chot devices --boards "$work/$kind")" 'no board answers'
	by_hand 1 n ''
	is "not tried while somebody stands there" "$? $(switched $kind)" "75 0"
	is "nor taken" "$(taken)" ""
done
export CHOT_SETUP_PORTS="$work/lcus"
by_hand 1 y y
is "one that clicks" "$?" 0
ok "has opened once and closed" clicked lcus 1
is "and is taken for what it is" "$(taken)" "serial:$work/lcus,protocol=lcus"
begin
export CHOT_SETUP_PORTS="$work/hw667"
by_hand 1 y n y
is "one that clicks the second time" "$?" 0
ok "was switched that time" clicked hw667 1
is "is another" "$(taken)" "serial:$work/hw667,protocol=hw667"
by_hand 0
is "none is wanted" "$? $(taken)" "0 "
by_hand 1 y n n ''
is "one that never clicks is not done" "$? $(taken)" "75 "
by_hand 'serial:/dev/null,protocol=fly' ''
is "nor what is no relay" "$? $(taken)" "75 "
begin "thermometer = { \"serial:$work/hw667,protocol=ascii\" }"
was=$(grep -c . "$work/hw667.answers")
by_hand ''
like "a port that has another device" "$(cat "$work/out")" 'No relay board is seen'
is "is asked nothing" "$(grep -c . "$work/hw667.answers")" "$was"
by_hand "serial:$work/modbus,protocol=modbus"
is "one can be named" "$? $(taken)" "0 serial:$work/modbus,protocol=modbus"
done_testing

# SPDX-License-Identifier: GPL-3.0-or-later
# The lines of a passport or a card, typed where no reader reads them: what
# does not fit is told while the page is open, and what fits is a person.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "typed"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "fever" { verdict = "check"  when = "coalesce(temperature, 0) > 38"  reason = "Sốt"  reason_en = "Fever" }
	otherwise = "pass"
EOF2
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-TYPED"  name = "Typed"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" { direction = "in" }
EOF2

record_with() { # PATTERN
	chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" \
	    2>"$work/err" | grep -Eqe "$1"
}

each() { # TEXT: a finger a letter, or it would be a scanner's
	text=$1
	while [ -n "$text" ]; do
		rest=${text#?}
		in_tmux send-keys -l "${text%"$rest"}"
		sleep 0.06
		text=$rest
	done
}

line() { # TEXT SHOWN: read back before Enter
	each "$1"
	wait_for "$2" && keys Enter
}

start_tmux 80x24 "exec chot -c $post/chot.conf"
ok "the post is ready" wait_for READY
keys o
wait_for 'Confirm the time' && keys Enter
gone() { ! on_screen "$1"; }
ok "the time is confirmed" until_ok gone 'Confirm the time'

keys f
ok "F opens the lines of a passport" wait_for 'the lines with <<<'
ok "capitals, and a point for a filler" line 'p.utoeriksson..anna.maria' 'P<UTOERIKSSON<<ANNA<MARIA_'
ok "the second line is typed" line 'L898902C36UTO7408122F1204158ZE184226B<<<<<10' '26B<<<<<10_'
ok "a wrong digit is told at once" wait_for 'the check digit of the expiry date does not fit'
keys BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace \
	BSpace BSpace BSpace BSpace BSpace BSpace BSpace
ok "it is put right" line '9ZE184226B<<<<<10' '9ZE184226B<<<<<10_'
ok "and the passport stands there" wait_for 'ERIKSSON ANNA MARIA'
ok "with the doubt that it has expired" wait_for 'Document expired'
ok "it is a record" until_ok record_with '"type":"crossing".*"kind":"mrz"'
ok "as typed" until_ok record_with '"type":"crossing".*"typed":true'
done_testing

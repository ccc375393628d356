# SPDX-License-Identifier: GPL-3.0-or-later
# chot key trust: issuers' keys come in whole, proven where that can be, and a
# running post takes them in by itself.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale" LANGUAGE=
post=$work/post
mkdir -p "$post/run"
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-QL1A"  name = "Quốc lộ 1A"  language = "en" }
	policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	  thermometer = { "serial:$work/thermometer,protocol=ascii" }
	}
EOF2

made() { # FILE NAME: a text of FILE, its quotes and line ends as they were
	sed -n "s/^ *\"$2\": \"\(.*\)\",\{0,1\}\$/\1/p" \
	    "$SRCDIR/tests/credentials/$1" | sed 's/\\"/"/g; s/\\n/\
/g'
}
for name in german swedish dutch signer signer_public other dutch_signed dutch_signer; do
	made lists-made.json $name >"$work/$name"
done
trust() { # WORD...
	chot key trust "$@" -c "$post/chot.conf" >"$work/out" 2>"$work/err"
}
trusted() { # which keys of XA are
	chot key trust list --json -c "$post/chot.conf" |
	    grep -c '"country":"XA".*"trusted":true'
}
other_vaccination=$(sed -n 's/.*"\(HC1:[^"]*\)".*/\1/p' \
	"$SRCDIR/tests/credentials/dcc-vectors.json" | sed -n 2p)
vaccination=$(sed -n 's/.*"\(HC1:[^"]*\)".*/\1/p' \
	"$SRCDIR/tests/credentials/dcc-vectors.json" | head -1)
judged() { # as the post's keys say
	printf '%s\n' "$vaccination" | chot decode -k "$post/state/trust" \
	    --at 2021-10-01T00:00Z 2>/dev/null
}

ok "the signer's key may be bare, in base64" trust import --signer "$work/signer_public" "$work/german"
ok "a German list signed by whom it must be" trust import --signer "$work/signer" "$work/german"
like "keys and what was skipped are counted" "$(cat "$work/out")" '^german: 3 keys, 1 skipped'
is "the keys are there" "$(trusted)" 3
like "and they judge" "$(judged)" '"signature":"valid"'
status "a list that nobody vouches for" 77 trust import "$work/german"
like "does not replace one that was proven" "$(cat "$work/err")" 'checked before'
status "nor does one of another signer" 65 trust import --signer "$work/other" "$work/german"
like "which is said in one line" "$(cat "$work/err")" "^chot: $work/german: the signature of the list does not fit\$"
is "what was there stays" "$(trusted)" 3
ok "by force it does" trust import --force "$work/german"
like "and says what was not checked" "$(cat "$work/out")" "nobody's signature was checked"
ok "a Swedish list" trust import --signer "$work/signer" "$work/swedish"
like "says when it was made" "$(cat "$work/out")" 'of 2021-09-27T00:00:00Z'
ok "a Dutch list, signed in CMS" trust import --signer "$work/dutch_signer" "$work/dutch_signed"
is "lists stand beside each other" "$(trusted)" 9
ok "a certificate" trust import --name health-xa "$work/signer"
ls -a "$post/state/trust" >"$work/ls"
is "nothing half-made is left" "$(grep -c part "$work/ls")" 0

status "the same name again is replaced" 0 trust import --name health-xa "$work/other"
is "not added" "$(ls "$post/state/trust" | wc -l)" 4
for bad in '' . .. .hidden a/b 'a b' "$(printf 'a\033[31mb')"; do
	status "a name that is none: $(printf %s "$bad" | tr -dc 'a-z/. ')" 65 \
	    trust import --name "$bad" "$work/signer"
done
head -c 20000000 /dev/zero >"$work/huge"
printf '{"payload":"' >"$work/cut"
printf 'hello\n' >"$work/text"
head -c 300 "$work/swedish" >"$work/half"
: >"$work/empty"
for bad in huge cut text half empty none; do
	status "no keys: $bad" "$([ $bad = none ] && echo 69 || echo 65)" \
	    trust import "$work/$bad"
	is "$bad: one line" "$(wc -l <"$work/err")" 1
done
mkfifo "$work/pipe" "$post/state/trust/pipe"
status "no keys: a pipe, which nobody waits for" 65 trust import "$work/pipe"
is "nor for one among the keys" "$(trusted)" 9
like "nor where a directory of keys is read" "$(judged)" '"signature":"valid"'
rm "$post/state/trust/pipe"
is "nothing of that was kept" "$(ls "$post/state/trust" | wc -l)" 4

ok "a country is distrusted" trust distrust xa
is "none of its keys is left" "$(trusted)" 0
ok "twice is once" trust distrust XA
ok "and one key" trust distrust 532892d2cfad8e0a
like "status counts them" "$(chot status -c "$post/chot.conf" --json)" '"trust_distrusted": ?9'
like "and says how old each list is" "$(chot status -c "$post/chot.conf")" '^trust swedish +3 keys, 1 skipped, of 2021-09-27T00:00:00Z, signature checked'
like "and names them" "$(chot status -c "$post/chot.conf")" '^distrusted XA +by this post'
like "and how many days" "$(chot status -c "$post/chot.conf" --json)" '"trust_lists_age_days": ?[0-9]+'
like "a list over its limit is a finding" "$(chot status -c "$post/chot.conf" --check)" 'trust_lists_old: [0-9]+ days, limit 14'
ok "the country is trusted again" trust restore XA
is "but not that key" "$(trusted)" 6
status "what was not distrusted" 65 trust restore DE
status "no country, no key" 64 trust distrust Germany
chmod 000 "$post/state/trust/.distrusted"
[ "$(id -u)" -eq 0 ] || is "what is not to be believed is not known: nothing is" "$(trusted)" 0
chmod 644 "$post/state/trust/.distrusted"
ok "that key too" trust restore UyiS0s+tjgo=
is "all nine are back" "$(trusted)" 9

# A post that runs.
rm -rf "$post/state/trust"
chot key seal -c "$post/chot.conf" >/dev/null
pty_start scanner
pty_start thermometer
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for_devices "$post/chot.conf"
keys o
keys Enter
show() { # TEXT: a certificate, and a temperature with it
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
	measure thermometer 36.5
}
show "$vaccination"
ok "a certificate of last year is said to be that" wait_for 'Certificate has expired'
keys x
ok "there are none" wait_for 'Certificate keys: 0'
ok "while it runs, a list is imported" trust import --signer "$work/signer" "$work/swedish"
ok "and is taken in" wait_for 'Certificate keys: 3, list [0-9]+ day'
keys Escape
ok "its age is a trouble" wait_for 'List of certificate keys: [0-9]+ days old'
ok "a country is distrusted at once" trust distrust XA
keys x
ok "and that is said" wait_for 'Not trusted here, 3 keys: XA'
ok "and with it what each paper answers" on_screen 'Issuer: not known here'
ok "one question a line" on_screen 'In time: EXPIRED, until 27/09/2022'
keys Escape
keys q
ok "the next one" wait_for 'READY'
keys p
ok "whom the post does not trust stands on its page" wait_for 'Not trusted here, 3 keys: XA'
keys Escape
show "$other_vaccination" # the same code again could be the same read
ok "a country that is not trusted is named as that" wait_for 'Issuer not trusted here|has expired'
keys x
ok "though its signature is true" wait_for 'Signature: true'
ok "its issuer is not believed" on_screen 'Issuer: NOT TRUSTED at this post'
stop_tmux
done_testing

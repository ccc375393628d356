# SPDX-License-Identifier: GPL-3.0-or-later
# A fresh machine becomes a post of a real hub by its sheet, in chot setup: by
# what a scanner types, and by a scanner on a serial port.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
export LANGUAGE=en
db_begin
mkdir "$work/keys" "$work/out-pub"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
cp "$work/keys/site.pub" "$work/out-pub/hub.pub"
new_ca ca
new_certificate hub /CN=hub
hub_start $(hub_tls) --ca-key "$work/ca.key" --hand-out "$work/out-pub" \
    --workers 1 || exit 1
printf 'id,name\nST-9,"Chốt ""A"" \\ B"\nST-8,\nST-7,\n' >"$work/posts.csv"
chot-hub enrol --ca "$work/ca.pem" --url "$url" --csv "$work/posts.csv" \
    --sheets "$work/sheets" \
    --plain >"$work/tickets"

fresh() { # MACHINE: nothing but what the package brings
	mkdir -p "$work/$1/run"
	cat >"$work/$1.conf" <<-EOF2
		station { id = "NEW"  name = "New"  language = "en" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/$1"
		run = "$work/$1/run"
		lane "1" { direction = "in"  $2 }
	EOF2
}

fresh m1 ''
echo "$(sed -n 1p "$work/tickets" | sed 's/.$/X/')" >"$work/bent"
status "a bent sheet is not done" 75 sh -c \
    "{ cat '$work/bent'; echo q; } | chot setup -c '$work/m1.conf' hub"
like "and the reason told" "$(cat "$work/out")" 'did not take this post in: .'
like "the post is what it was" "$(chot config print -c "$work/m1.conf")" 'id *= "NEW"'
status "the sheet makes it a post" 0 sh -c \
    "sed -n 1p '$work/tickets' | chot setup -c '$work/m1.conf' hub"
chot config print -c "$work/m1.conf" >"$work/print"
like "of the id that the sheet has" "$(cat "$work/print")" 'id *= "ST-9"'
like "and its name, whatever is in it" "$(cat "$work/print")" 'name *= "Chốt ..A.. .* B"'
like "with its hub" "$(cat "$work/print")" "url *= \"$url\""
status "the configuration is one" 0 chot config check "$work/m1.conf"
status "records go to the hub" 0 chot sync --now -c "$work/m1.conf"
status "the sheet counts once" 75 sh -c \
    "{ sed -n 1p '$work/tickets'; echo q; } | chot setup -c '$work/m1.conf' hub"
status "and the post goes on as it was" 0 chot sync --now -c "$work/m1.conf"

pty_start gun
scan_sheet() { # NUMBER MACHINE WHEN ANSWER...: as often as it takes
	ticket=$(sed -n "$1p" "$work/tickets" | tr -d '\n' |
	    od -An -v -tx1 | tr -d ' \n')
	machine=$2 when=$3
	shift 3
	: >"$work/scanned"
	printf '%s\n' "$@" | chot setup -c "$work/$machine.conf" hub \
	    >"$work/scanned" 2>&1 &
	scanning=$!
	until_ok grep -q "$when" "$work/scanned"
	i=0
	while [ $i -lt 100 ] &&
	    ! grep -Eq 'This post is|nothing came' "$work/scanned"; do
		pty gun hex "${ticket}0d" >/dev/null
		sleep 0.3
		i=$((i + 1))
	done
	wait $scanning
}
fresh m2 "scanner = { \"serial:$work/gun,protocol=line\" }"
scan_sheet 2 m2 'Scan it now' s
is "a serial scanner reads the sheet as well" "$?" 0
like "which makes another post" "$(chot config print -c "$work/m2.conf")" 'id *= "ST-8"'
status "of the same hub" 0 chot sync --now -c "$work/m2.conf"
fresh m3 ''
export CHOT_SETUP_PORTS="$work/gun"
scan_sheet 3 m3 'again and again' s 1
is "nor need it be known before" "$?" 0
chot config print -c "$work/m3.conf" >"$work/print"
like "it is found, then it reads" "$(cat "$work/print")" 'id *= "ST-7"'
like "and stays at its lane" "$(cat "$work/print")" "serial:$work/gun"
is "the hub has all three" "$(sql 'select count(*) from hub.station')" 3
done_testing

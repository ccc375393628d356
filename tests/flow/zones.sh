#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the hub publishes beside lists of persons: zones, which the rules ask
# by the address on a card, the officers of a post and the register's key
# under their badges.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
db_begin
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
new_ca ca
new_certificate hub /CN=127.0.0.1
new_certificate ST-1 /CN=ST-1
mkdir "$work/keys" "$work/office"
chot-hub seal-key "$work/keys/site" >/dev/null || exit 1
chot-hub sign-key "$work/lists" >/dev/null || exit 1
chot-hub migrate >/dev/null || exit 1
chot-hub station add ST-1 >/dev/null

# shellcheck disable=SC2046
hub_start $(hub_tls) || exit 1

post=$work/post conf=$work/post/chot.conf
mkdir -p "$post/state/keys/publishers" "$post/run"
cp "$work/keys/site.pub" "$post/state/keys/"
cp "$work/lists.pub" "$post/state/keys/publishers/"
cat >"$work/pack.conf" <<-EOC
	version = "zones" needs_facts = 1 otherwise = "pass"
	needs = { "identity" }
	rule "home" { verdict = "check" when = "residence_zone >= 4"
	  reason = "Home {residence_zone}" reason_en = "Home in zone {residence_zone}" unknown = "pass" }
	rule "here" { verdict = "check" when = "post_zone >= 3"
	  reason = "Here {post_zone}" reason_en = "Post in zone {post_zone}" unknown = "pass" }
EOC
cat >"$conf" <<-EOC
	station { id = "ST-1" unit = "941" province = "94" language = "en" }
	policy = "$work/pack.conf"
	state = "$post/state"
	run = "$post/run"
	$(hub_section ST-1 'every = 5')
	lane "1" {
	  direction = "in"
	  scanner = { "serial:$work/scanner,baud=9600,protocol=line" }
	}
EOC
sync() {
	chot-sync -c "$conf" --now "$@"
}
publish() { # LIST FILE...
	list=$1
	shift
	chot-hub --sign "$work/lists.key" --list "$list" publish "$@"
}
level() { # PLACE
	chot register zone -c "$conf" "$1" 2>&1 | sed -n 's/^level  *//p'
}
scan() { # TEXT
	pty scanner hex "$(printf '%s\r' "$1" | od -An -v -tx1 | tr -d ' \n')"
}

# ---- from a file ------------------------------------------------------------------------

status "no zones, no level" 69 chot register zone -c "$conf" "Cà Mau"
cat >"$work/zones.csv" <<-EOC
	place,level,since,source
	"Huyện Mỹ Xuyên, Sóc Trăng",4,2021-10-01,CDC
	Sóc Trăng,green,2021-10-01,CDC
EOC
status "a file of zones" 0 chot register import -c "$conf" "$work/zones.csv"
like "is counted" "$(cat "$work/out")" '^2 zones$'
is "the narrowest counts" "$(level "Ấp Mẫu, X. Đại Tâm, H. Mỹ Xuyên, Sóc Trăng")" 4
is "around it the province" "$(level "TP Sóc Trăng, Tỉnh Sóc Trăng")" 1
echo "place,level,since
Cà Mau,7,2021-10-01" >"$work/bad.csv"
status "a level that is none" 65 chot register import -c "$conf" "$work/bad.csv"
like "is told by line" "$(cat "$work/err")" 'bad.csv:2: level'
is "and nothing was changed" "$(level "Sóc Trăng")" 1

has_zones() { # N
	chot status -c "$conf" | grep -q "^zones  *$1\$"
}

# ---- a rule sees them ---------------------------------------------------------------------

pty_start scanner
start_tmux 80x24 "exec chot -c $conf"
wait_for_devices "$conf"
ok "the post has zones" until_ok has_zones 2
status "the hub tells the time" 0 sync
ok "it is taken" until_ok sh -c "chot status -c '$conf' |
    grep -q '^clock  *confirmed'"
scan '094300000123||Nguyễn Thị Mẫu|15032000|Nữ|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
ok "home in a red zone" wait_for 'Home in zone 4'
keys Q
ok "the lane is free" wait_for 'READY'

# ---- from the hub: newer ones count ----------------------------------------------------------

status "the hub refuses what posts would refuse" 65 publish zones "$work/bad.csv"
like "and says why" "$(cat "$work/err")" 'bad.csv:2: level'
cat >"$work/zones.csv" <<-EOC
	place,level,since
	"Huyện Mỹ Xuyên, Sóc Trăng",2,2021-10-22
	941,3,2021-10-22
EOC
status "zones are published" 0 publish zones "$work/zones.csv"
status "and fetched" 0 sync
is "the newer level counts" "$(level "Mỹ Xuyên, Sóc Trăng")" 2
is "what it does not name stays" "$(level "Sóc Trăng")" 1
ok "the running post takes them up" until_ok has_zones 4
scan '094085000481||Trần Văn Thử|15031985|Nam|Ấp Mẫu, Mỹ Xuyên, Sóc Trăng|10052021'
ok "the post is in an orange zone" wait_for 'Post in zone 3'
fails "home is red no more" on_screen 'Home in zone'
keys Q
ok "that is recorded" until_ok sh -c "chot outbox count -c '$conf' --json |
    grep -Eq '\"records\":([4-9]|[1-9][0-9])'"
stop_tmux

# ---- what would other rules have said? ------------------------------------------------------------

sed '/rule "home"/,/unknown/d' "$work/pack.conf" >"$work/other.conf"
opened() { # the recorder may still be closing the file
	chot outbox show --key "$work/keys/site.key" -c "$conf" \
	    >"$work/opened" 2>/dev/null
}
ok "the records can be opened" until_ok opened
status "sealed records are replayed, opened with a key" 0 \
    chot policy simulate "$work/other.conf" "$work/opened"
like "one would have passed" "$(cat "$work/out")" '^was check +now pass 1, check [1-9]'
cp "$work/out" "$work/by-hand"
replayed() { # the same, opened by the command itself
	chot policy simulate "$work/other.conf" --key "$work/keys/site.key" \
	    "$@" >"$work/sealed" 2>"$work/err"
}
ok "it opens the outbox of a post itself" replayed -c "$conf"
is "with the same end" "$(cat "$work/sealed")" "$(cat "$work/by-hand")"
mkdir "$work/taken"
cp "$post"/state/outbox.db* "$work/taken"
ok "or one that was taken along" replayed "$work/taken/outbox.db"
is "the same again" "$(cat "$work/sealed")" "$(cat "$work/by-hand")"
fails "which names nobody" grep -q 'Mẫu\|094[0-9]' "$work/sealed"
chot key seal "$work/keys/stranger" >/dev/null
fails "with another key there is nothing to replay" sh -c \
    "chot outbox show --key '$work/keys/stranger.key' -c '$conf' 2>/dev/null |
    grep -q verdict"

status "the command says so" 65 chot policy simulate "$work/other.conf" \
    --key "$work/keys/stranger.key" -c "$conf"
like "and how many" "$(cat "$work/err")" 'opens none of the [1-9][0-9]* records'
status "no key, no sealed records" 64 chot policy simulate "$work/other.conf" -c "$conf"
status "a key is for nothing else" 64 chot policy check "$work/other.conf" --key "$work/keys/site.key"

# ---- officers and their badges ------------------------------------------------------------------

chot key register "$work/office/register.key" >/dev/null
sed "s,$post/state,$work/office/state," "$conf" >"$work/office/chot.conf"
chot key badge -c "$work/office/chot.conf" "$work/office/register.key" \
    >"$work/badge" || exit 1
mark=$(sed -n 's/^badge //p' "$work/badge")
printf 'id,name,role,pin,badge\nCB-01,%s,leader,%s,%s\n' 'Trần Văn Bình' \
    "$(echo 2468 | chot key pin)" "$mark" >"$work/officers.csv"
status "a badge's key is published" 0 publish badges \
    "$work/office/state/keys/badge-$mark.key"
status "what is none is not" 65 publish badges "$work/officers.csv"
status "officers of a post" 0 chot-hub --sign "$work/lists.key" \
    --audience station=ST-1 --list officers publish "$work/officers.csv"
status "both are fetched" 0 sync
like "two lists" "$(cat "$work/out")" '2 new lists'
like "the officer may work here" "$(cat "$post/state/officers")" 'CB-01'
ok "the key under the badge is there" \
    cmp -s "$post/state/keys/hub.badge-$mark.key" \
    "$work/office/state/keys/badge-$mark.key"
fails "the register's key is not" test -e "$post/state/keys/register.key"
status "officers are the hub's now" 78 chot register import -c "$conf" \
    "$work/officers.csv"
{
	echo "look 1 - -"
	echo "unlock $(sed -n 's/^secret //p' "$work/badge") 60"
} >"$work/asked"
is "the badge gives the key" "$(chot lookup "$post/state/register.db" \
    "$post/state/keys/register.key" <"$work/asked" | grep -c '^unlocked')" 1
printf 'id,name,role,pin\nCB-02,%s,leader,%s\n' 'Lê Thị Hoa' \
    "$(echo 1357 | chot key pin)" >"$work/officers.csv"
status "another list of officers" 0 chot-hub --sign "$work/lists.key" \
    --audience station=ST-1 --list officers publish "$work/officers.csv"
publish badges >/dev/null 2>&1
status "is fetched" 0 sync
unlike "who is not in it may work no more" "$(cat "$post/state/officers")" \
    'CB-01'

# ---- the end of access ----------------------------------------------------------------------------

chot-hub station revoke ST-1
status "a revoked post" 77 sync
fails "keeps no key under a badge" \
    test -e "$post/state/keys/hub.badge-$mark.key"
done_testing

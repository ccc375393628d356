# SPDX-License-Identifier: GPL-3.0-or-later
# The hub operator's guide, followed as it is printed: each of its blocks of
# commands, in their order, on a new PostgreSQL; in between a post comes by a
# sheet and gets its lists. Only places and names of users are others.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
command -v bash >/dev/null || skip_all "bash is missing"
guide=$SRCDIR/contrib/guides/hub-en.html
db_begin
PATH=$pg_bin:$PATH
etc=$work/etc
post=$work/post

# What the machine of the guide has, and this one has not.
cat >"$work/machine" <<-EOF
	apt() { :; }
	install() { mkdir "$etc"; }
	runuser() { shift 3; [ "\$1" = env ] || "\$@"; }
EOF

block=0
port=8443
follow() { # WHAT: the next block of commands does it, and complains of nothing
	block=$((block + 1))
	awk -v want=$block '
	    sub(/^<pre>/, "") { n++; inside = 1 }
	    inside && n == want { line = $0; sub(/<\/pre>.*/, "", line); print line }
	    /<\/pre>/ { inside = 0 }' "$guide" |
		sed -e 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' \
		    -e "s|/usr/share/doc/chot-hub/examples|$SRCDIR/contrib/systemd|" \
		    -e "s|/etc/chot|$etc|g; s|/srv|$work|g" \
		    -e "s|hub\.example:8443|localhost:$port|; s|hub\.example|localhost|g" \
		    >"$work/block"
	ok "there is something to type: $1" test -s "$work/block"
	(cd "$etc" 2>/dev/null || cd "$work" || exit 1
	    exec bash -e -c ". '$work/machine'; . '$work/block'") \
		>"$work/out" 2>"$work/err"
	is "typed as printed: $1" "$?" 0
	[ ! -s "$work/err" ] || diag "$(cat "$work/err")"
}

follow "a database"
export PGUSER=chot-hub PGDATABASE=chot
follow "keys, certificates and settings"
is "nobody else may read a key" \
    "$(find "$etc" -name '*.key' ! -perm 600; find "$etc" -name '*.key' | wc -l)" 7
settings=$(sed -n "s|/etc/chot|$etc|g; s|0.0.0.0:8443|127.0.0.1:0|
    s/^CHOT_HUB_OPTIONS=//p" "$etc/hub.env")
# shellcheck disable=SC2086
hub_start $settings || exit 1
port=${url##*:}

follow "sheets for posts"
like "one is served" "$(cat "$work/out")" '^ST-QL1A	serves'
is "there is a sheet each" "$(ls "$etc/sheets")" "ST-QL1A.svg
ST-QL60.svg"
is "one was stolen" "$(sql "select id from hub.station where revoked is not null")" ST-QL60
mkdir -p "$post/state" "$post/run"
echo "ST-QL1A" | sed '1i id' >"$work/again.csv"
chot-hub enrol --csv "$work/again.csv" --sheets "$work" --ca "$etc/posts-ca.pem" \
    --url "https://localhost:$port" --plain >"$work/ticket"
status "a machine becomes the post" 0 \
    sh -c "chot sync --enrol --state '$post/state' <'$work/ticket'"
{
	sed '/^#/d; s/^station { /&unit = "941"  /' "$work/out"
	echo "policy = \"$SRCDIR/contrib/policy/vietnam-2021.conf\""
	echo "state = \"$post/state\"  run = \"$post/run\""
} >"$post/chot.conf"
cp "$etc/register.key" "$post/state/keys/"

cp "$SRCDIR/contrib/demo/statuses.csv" "$etc"
cp "$SRCDIR/contrib/policy/danang-2021-09.conf" "$etc/policy.conf"
printf 'Trực ban\nGọi 0299.\n' >"$etc/words.txt"
follow "lists, rules and messages"
status "the post asks for them" 0 chot sync --now -c "$post/chot.conf"
like "and has the lists" "$(chot register show -c "$post/chot.conf" 094078000550)" 'status +F0'
ok "and the rules" cmp "$post/state/policy.hub.conf" "$etc/policy.conf"
like "and the words" "$(chot register messages -c "$post/chot.conf")" 'Trực ban'

status "the second key can withdraw the first" 0 chot-hub publish \
    --sign "$etc/lists-2.key" --withdraw "$(cut -d' ' -f3 "$etc/lists.pub")" \
    --list packs "$etc/policy.conf"
ok "which the post believes" sh -c "chot sync --now -c '$post/chot.conf' &&
    chot register verify -c '$post/chot.conf' | grep -A1 '^packs' | grep 'version 4'"

printf 'place,unit\nSóc Trăng,94\n' >"$etc/places.csv"
mkdir "$work/notices"
follow "figures and questions"
like "that somebody asked is kept" "$(cat "$work/out")" 'Dr Lan.*case 118'

follow "a backup"
hub_stop
sql "update hub.station set revoked = now() where id = 'ST-QL1A'" >/dev/null
follow "it is put back"
is "as it was" "$(sql "select revoked is null from hub.station where id = 'ST-QL1A'")" t
is "and that is all there is to type" "$(grep -c '^<pre>' "$guide")" $block
done_testing

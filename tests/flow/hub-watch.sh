#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One table of all posts from the pages that they left at their hub: well
# known, silent, revoked, never heard of; who may not look sees why.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
[ -x "$CHOT_LIBEXEC/chot-sync" ] || skip_all "chot-sync is not built"
export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
db_begin
mkdir -p "$work/keys"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null
new_ca ca
new_certificate hub /CN=hub
for post in ST-1 ST-2 ST-3 ST-4; do
	chot-hub station add $post
	new_certificate $post /CN=$post
	mkdir -p "$work/$post/state/keys" "$work/$post/run"
done
ulimit -c unlimited 2>/dev/null # so that it is the hub who forbids it
hub_start $(hub_tls) || exit 1
for pid in $hub_pid $(pgrep -P "$hub_pid"); do
	ok "the hub leaves no core" leaves_no_core "$pid"
done
for post in ST-1 ST-2 ST-3 ST-4; do
	cat >"$work/$post/chot.conf" <<-CONF
		station { id = "$post"  name = "Chốt $post"  language = "en" }
		policy = "$SRCDIR/contrib/policy/vietnam-2021.conf"
		state = "$work/$post/state"
		run = "$work/$post/run"
		lane "1" { scanner = { "serial:$work/none,protocol=line" } }
		$(hub_section $post)
	CONF
done
watch() { # POST, options
	from=$1
	shift
	chot watch --once -c "$work/$from/chot.conf" "$@"
}

is "of a page the shift is kept, and no officer" "$(sql "select hub.status_page(
    '{\"shift\":\"1 open\",\"verdicts_pass\":3,\"officer\":\"An\",
    \"overruled\":\"fever 4 of 5 in 30 min\"}')")" \
    '{"shift": "1 open", "overruled": "fever 4 of 5 in 30 min", "verdicts_pass": 3}'
is "nor what has no name, or one too many" "$(sql "select hub.status_page(
    '{\"lane 1\":\"ready\",\"lane\":1,\"lane \":1,\"lane\\t1\":1,\"id 1\":1,
    \"id\":\"ST-1\",\"alarm disk full\":true,\"officer 1\":1,\"disk_free_mb\":[1]}')")" \
    '{"id": "ST-1", "lane 1": "ready", "alarm disk full": true}'
for post in ST-1 ST-2 ST-4; do
	status "$post leaves its page" 0 \
	    chot sync --now -c "$work/$post/chot.conf"
done
status "who may not look sees nothing" 2 watch ST-2 --hub
like "and why" "$(cat "$work/out")" '^X the hub +NO ANSWER'
unlike "no post" "$(cat "$work/out")" 'ST-1'
chot-hub station watch ST-2
chot-hub station revoke ST-4 >/dev/null
sql "update hub.status set said = said - interval '1 hour' where station =
    (select no from hub.station where id = 'ST-4')" >/dev/null
status "the hub's posts" 2 watch ST-2 --hub
cp "$work/out" "$work/table"
like "all of them" "$(cat "$work/table")" '^4 posts: '
like "one that told how it is" "$(cat "$work/table")" '^X ST-1 +FAILING'
like "in its own words" "$(cat "$work/table")" 'ST-1 .*station: stopped'
like "one that never spoke" "$(cat "$work/table")" 'ST-3 .*no status page yet'
like "one that is no post any more" "$(cat "$work/table")" \
    'ST-4 .*its access was taken away: 20'
sql "update hub.status set said = said - interval '1 hour' where station =
    (select no from hub.station where id = 'ST-1')" >/dev/null
watch ST-2 --hub --json >"$work/json"
is "an object a post" "$(wc -l <"$work/json")" 4
like "one that fell silent" "$(head -n 1 "$work/json")" \
    '"host":"ST-1","reached":false,"why":"nothing heard since 20'
like "with what it said last" "$(head -n 1 "$work/json")" \
    '"state":"failing".*"hub said":"20'
status "an address of its own" 2 watch ST-2 --hub "$url"
like "is asked" "$(cat "$work/out")" '^4 posts: '
status "one where nobody listens" 2 watch ST-2 --hub=https://127.0.0.1:1
like "in words" "$(cat "$work/out")" 'no hub runs there'
status "one that is no https" 2 watch ST-2 --hub=http://127.0.0.1:1
like "is not asked" "$(cat "$work/out")" 'must begin with https'
status "hosts or a hub" 64 watch ST-2 --hub "$url" somebody

start_tmux 80x24 "exec chot watch --hub --every 1 -c $work/ST-2/chot.conf"
ok "a person at the desk" wait_for '^4 posts: '
keys Down
keys Down
keys Enter
ok "looks at one" wait_for '^ST-3'
status "whose page comes meanwhile" 0 \
    chot sync --now -c "$work/ST-3/chot.conf"
ok "and is shown" wait_for '^station +stopped'
hub_stop
ok "a hub that goes away is told" wait_for 'NO ANSWER'
keys q
is "leaves" "$(tmux_status)" 0
done_testing

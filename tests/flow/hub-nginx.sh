#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two hubs on one database behind nginx, as contrib/hub/nginx.conf has it: only
# places and ports are others. It serves the packages, too.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/hub-lib.sh"
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || skip_all "nginx is missing"
db_begin
hubpost=$BUILDDIR/tests/tools/hubpost
mkdir -p "$work/keys" "$work/p1" "$work/srv/chot/dists" "$work/nginx"
chot-hub migrate >/dev/null && chot-hub seal-key "$work/keys/site" >/dev/null &&
	chot-hub station add ST-1 && chot-hub station add ST-2 || exit 1
"$hubpost" fill "$work/p1/outbox.db" ST-1 "$work/keys/site.pub" 60 || exit 1
new_ca ca
new_ca foreign
for post in ST-1 ST-2; do
	new_certificate $post "/O=Chot/CN=$post"
done
new_certificate hub /CN=127.0.0.1
new_certificate stranger /O=Chot/CN=ST-1 foreign
printf '[ca]\ndefault_ca = c\n[c]\ndatabase = %s\n' "$work/index" >"$work/ca.cnf"
revoke() { # [CERTIFICATE]: on the list from now on
	touch "$work/index"
	[ $# -eq 0 ] || openssl ca -config "$work/ca.cnf" -md sha256 \
	    -cert "$work/ca.pem" -keyfile "$work/ca.key" -revoke "$1" 2>/dev/null
	openssl ca -config "$work/ca.cnf" -md sha256 -crldays 30 -gencrl \
	    -cert "$work/ca.pem" -keyfile "$work/ca.key" \
	    -out "$work/ca.crl" 2>/dev/null
}
revoke || skip_all "no list of revoked certificates can be made"

# Three ports that are free: two stay the hubs', the third was one's.
hub_start --proxy 127.0.0.1 || exit 1
port=${url##*:}
hub_stop
hub_start --proxy 127.0.0.1 || exit 1
one=${url##*:} one_pid=$hub_pid
hub_start --proxy 127.0.0.1 || exit 1
other=${url##*:} other_pid=$hub_pid
hub_pid=

cat >"$work/nginx.conf" <<-EOF
	worker_processes 1;
	pid $work/nginx/pid;
	error_log $work/nginx/error;
	events { }
	http {
	  access_log $work/nginx/access;
	  client_body_temp_path $work/nginx/body;
	  proxy_temp_path $work/nginx/proxy;
	  fastcgi_temp_path $work/nginx/fastcgi;
	  uwsgi_temp_path $work/nginx/uwsgi;
	  scgi_temp_path $work/nginx/scgi;
	  include $work/chot-hub.conf;
	}
EOF
sed -e "s|127.0.0.1:8080;|127.0.0.1:$one;|" \
    -e "s|# server 127.0.0.1:8081;.*|server 127.0.0.1:$other;|" \
    -e "s|listen 443 ssl|listen 127.0.0.1:$port ssl|; /listen \[::\]/d" \
    -e "s|/etc/chot/posts-ca|$work/ca|; s|/etc/chot/|$work/|; s|/srv|$work/srv|" \
    "$SRCDIR/contrib/hub/nginx.conf" >"$work/chot-hub.conf"
chmod -R a+rX "$work/srv"
proxy() { # OPTION...
	nginx -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx.conf" "$@" \
	    2>>"$work/nginx/said"
}
trap 'proxy -s stop; kill $one_pid $other_pid 2>/dev/null; db_ctl -m immediate stop 2>/dev/null; clean_up' EXIT
proxy || diag "$(cat "$work/nginx/said")"
url=https://127.0.0.1:$port
as=ST-1
ok "the example serves" until_ok sh -c \
    "curl -s --cacert '$work/ca.pem' '$url/chot/' >/dev/null"

batch() { # AFTER: two records
	"$hubpost" batch "$work/p1/outbox.db" "$1" 2 >"$work/batch"
	echo "$work/batch"
}
for at in 0 2 4 6; do
	is "a batch behind $at is taken" "$(send "$(batch $at)") $(head_seq)" \
	    "200 $((at + 2))"
done
is "another post's is not, whatever it says it is" "$(as=ST-2
    send "$(batch 8)" -H 'X-Client-Subject: CN=ST-1')" 403
is "without a certificate" "$(as=; send "$(batch 8)")" 403
is "with a foreign one" "$(as=stranger; send "$(batch 8)")" 400
is "a machine without one may ask to be enrolled" \
    "$(as=; ask GET /v1/ca) $(grep -c '"error"' "$work/reply")" "403 1" # the hub's no
kill "$one_pid"
wait "$one_pid" 2>/dev/null
is "when a hub is gone the other takes it" "$(send "$(batch 8)") $(head_seq)" \
    "200 10"
revoke "$work/ST-1.pem"
proxy -s reload
refused() { [ "$(send "$(batch 10)")" = 400 ]; }
ok "a revoked certificate is refused" until_ok refused
is "each record is there, once" "$(sql "select count(*) >= 10,
    count(*) = count(distinct seq), count(*) = max(seq) from hub.record")" "t|t|t"

echo signed >"$work/srv/chot/dists/InRelease"
is "packages are for anybody" "$(as=; ask GET /chot/dists/InRelease) $(cat "$work/reply")" \
    "200 signed"
is "to read" "$(as=; ask PUT /chot/dists/InRelease -d x)" 403
done_testing

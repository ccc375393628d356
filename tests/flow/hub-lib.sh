# SPDX-License-Identifier: GPL-3.0-or-later
# What the flows about the hub share: a throw-away PostgreSQL, certificates,
# a hub, and posts that ask it. Read after lib.sh.

find_postgres() {
	for dir in "$(pg_config --bindir 2>/dev/null)" \
	    /usr/lib/postgresql/*/bin $(printf '%s' "$PATH" | tr : ' '); do
		[ ! -x "$dir/initdb" ] || { echo "$dir"; return; }
	done
}

# PostgreSQL refuses to run as root.
as_owner() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		setpriv --reuid="$db_owner" --regid="$(id -g "$db_owner")" \
		    --clear-groups "$@"
	fi
}

db=db # the cluster that is meant
db_ctl() { # start or stop, further arguments of pg_ctl
	as_owner "$pg_bin/pg_ctl" -D "$work/$db/pg" -s -w -l "$work/$db/log" "$@"
}

db_begin() {
	command -v chot-hub >/dev/null || skip_all "chot-hub is not built"
	pg_bin=$(find_postgres)
	[ -n "$pg_bin" ] || skip_all "PostgreSQL is missing"
	for tool in curl openssl; do
		command -v $tool >/dev/null || skip_all "$tool is missing"
	done
	db_owner=postgres
	id -u $db_owner >/dev/null 2>&1 || db_owner=nobody
	chmod 711 "$work"
	db_make || exit 1
	PGHOST=$work/db PGUSER=hub PGDATABASE=postgres
	PGOPTIONS='-c client_min_messages=warning'
	export PGHOST PGUSER PGDATABASE PGOPTIONS
	trap 'hub_stop KILL; db_ctl -m immediate stop 2>/dev/null; clean_up' EXIT
}

db_make() { # $db
	mkdir "$work/$db"
	[ "$(id -u)" -ne 0 ] || chown "$db_owner" "$work/$db"
	(cd / && as_owner "$pg_bin/initdb" -D "$work/$db/pg" -A trust -U hub \
	    -E UTF8 --locale=C --no-sync) >"$work/initdb" 2>&1 || {
		diag "$(cat "$work/initdb")"
		return 1
	}
	db_start
}

db_start() {
	(cd / && db_ctl -o "${db_flags--F} -k $work/$db -h '' -c max_connections=40 \
	    -c log_statement=none" start)
}

sql() { # QUERY: rows, fields by |
	"$pg_bin/psql" -X -q -t -A -v ON_ERROR_STOP=1 -c "$1"
}

# ---- certificates ---------------------------------------------------------------

new_ca() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$work/$1.key" -out "$work/$1.pem" -subj "/CN=$1" \
	    -days 30 2>/dev/null
}

new_certificate() { # FILE SUBJECT [CA [DAYS]]
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$work/$1.key" -out "$work/$1.csr" -subj "$2" 2>/dev/null
	echo "subjectAltName=IP:127.0.0.1" >"$work/ext"
	openssl x509 -req -in "$work/$1.csr" -CA "$work/${3-ca}.pem" \
	    -CAkey "$work/${3-ca}.key" -CAcreateserial -days "${4-30}" \
	    -extfile "$work/ext" -out "$work/$1.pem" 2>/dev/null
}

# ---- a hub ------------------------------------------------------------------------

hub_pid=
hub_with= # env VARIABLE=VALUE...: what it runs with
hub_tls() {
	echo "--certificate $work/hub.pem --key $work/hub.key --ca $work/ca.pem"
}

# It serves, or has ended.
hub_decided() {
	grep -q "serving on" "$work/hub.log" ||
		! grep -q "^State:.[^Z]" "/proc/$hub_pid/status" 2>/dev/null
}

# OPTION...: on a port of its own; $url tells it.
hub_start() {
	: >"$work/hub.log" # else the last one would be read
	# shellcheck disable=SC2086
	$hub_with chot-hub run --listen 127.0.0.1:0 --keys "$work/keys" \
	    "$@" >"$work/hub.log" 2>&1 &
	hub_pid=$!
	until_ok hub_decided && grep -q "serving on" "$work/hub.log" || {
		diag "$(cat "$work/hub.log")"
		return 1
	}
	url=https://$(sed -n 's/.*serving on \([^,]*\),.*/\1/p' "$work/hub.log")
}

# [SIGNAL]: all of it; the status of its end is in $hub_status.
hub_stop() {
	[ -n "$hub_pid" ] || return 0
	hub_kin=$(pgrep -P "$hub_pid" | tr '\n' ' ')
	kill "-${1-TERM}" "$hub_pid" 2>/dev/null
	# shellcheck disable=SC2086
	[ "${1-TERM}" != KILL ] || kill -KILL $hub_kin 2>/dev/null
	wait "$hub_pid" 2>/dev/null
	hub_status=$?
	hub_pid=
}

# METHOD PATH [CURL ARGUMENT...]: prints the status; the body is in
# $work/reply. $as is whose certificate is shown, none when empty.
ask() {
	ask_method=$1 ask_path=$2
	shift 2
	code=$(curl -s -m 30 -X "$ask_method" ${as:+--cert "$work/$as.pem"} \
	    ${as:+--key "$work/$as.key"} --cacert "$work/ca.pem" \
	    -D "$work/headers" -o "$work/reply" -w '%{http_code}' "$@" \
	    "$url$ask_path")
	echo "$ask_method $ask_path $code" >>"$work/seen"
	echo "$code"
}

send() { # FILE [CURL ARGUMENT...]: as records
	send_file=$1
	shift
	ask POST /v1/records --data-binary "@$send_file" "$@"
}

reply_has() { # PATTERN
	grep -Eq -e "$1" "$work/reply"
}

head_seq() { # of the last reply
	sed -n 's/.*"head":{[^}]*"seq":\([0-9]*\).*/\1/p' "$work/reply"
}

# PATTERN: method, path and status of all that openapi.yaml says of such paths.
described() {
	awk '/^components:/ { exit }
	    /^  \/v1/ { sub(/:$/, ""); path = $1 }
	    /^    (get|post):/ { sub(/:$/, ""); method = toupper($1) }
	    /^        "[0-9]*":/ { gsub(/[":]/, ""); print method, path, $1 }' \
	    "$SRCDIR/contrib/hub/openapi.yaml" | grep -E "$1" | sort -u
}

answered() { # PATTERN: what ask() was told of such paths
	grep -v ' 000$' "$work/seen" | grep -E "$1" | sort -u
}

# STATION [MORE]: what its configuration says of the hub at $url.
hub_section() {
	cat <<-EOF
		hub { url = "$url"  certificate = "$work/$1.pem"
		  key = "$work/$1.key"  ca = "$work/ca.pem"
		  seal = "$work/keys/site.pub" ${2:-} }
	EOF
}

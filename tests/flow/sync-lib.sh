# SPDX-License-Identifier: GPL-3.0-or-later
# A post and a hub to play with: certificates by openssl, records by the
# recorder, the hub by tests/tools/fakehub. Sourced behind lib.sh.

new_key() { # NAME
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$work/$1.key" 2>/dev/null
}

make_ca() { # NAME
	new_key "$1" && openssl req -x509 -key "$work/$1.key" -days 30 \
	    -subj "/CN=$1" -out "$work/$1.crt" 2>/dev/null
}

# NAME CA CN [DAYS]: signs the key of NAME; -1 has expired, 0 is of later.
sign() {
	printf 'subjectAltName=DNS:%s\n' "$3" >"$work/ext"
	openssl req -new -key "$work/$1.key" -subj "/CN=$3" \
	    -out "$work/$1.csr" 2>/dev/null &&
		sign_request "$1" "$2" "${4:-30}"
}

# OpenSSL 3.0 has no -not_after for x509; a CA database has -enddate.
sign_request() { # NAME CA DAYS
	if [ "$3" -gt 0 ]; then
		openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" \
		    -CAkey "$work/$2.key" -CAcreateserial -days "$3" \
		    -extfile "$work/ext" -out "$work/$1.crt" 2>/dev/null
		return
	fi
	from=20200101000000Z until=20210101000000Z # over; 0: not begun
	[ "$3" -lt 0 ] || from=20900101000000Z until=20910101000000Z
	mkdir -p "$work/old"
	: >"$work/old/index"
	date +%s | sed 's/.*\(........\)$/\1/' >"$work/old/serial"
	printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$work/old/index" \
	    "serial=$work/old/serial" "new_certs_dir=$work/old" \
	    'default_md=sha256' 'policy=p' '[p]' 'commonName=supplied' \
	    >"$work/old/conf"
	openssl ca -batch -config "$work/old/conf" -in "$work/$1.csr" \
	    -cert "$work/$2.crt" -keyfile "$work/$2.key" \
	    -startdate "$from" -enddate "$until" \
	    -extfile "$work/ext" -notext -out "$work/$1.crt" 2>/dev/null
}

hub_make() {
	mkdir -p "$work/hub" "$work/state"
	make_ca ca && new_key hub && new_key post && sign hub ca localhost &&
		sign post ca ST-1 || return 1
	"$BUILDDIR/tests/tools/recorder" keys "$work/site" || return 1
	cp "$work/ca.crt" "$work/hub/"
	run=0 hub_port=
}

hub_start() {
	cp "$work/hub.crt" "$work/hub.key" "$work/hub/"
	rm -f "$work/hub/out"
	"$BUILDDIR/tests/tools/fakehub" "$work/hub" $hub_port \
	    >"$work/hub/out" 2>"$work/hub/errors" &
	hub_pid=$!
	pids="$pids $hub_pid"
	until_ok grep -qs "^port" "$work/hub/out" || return 1
	hub_port=$(sed -n 's/^port //p' "$work/hub/out")
	conf_url "https://localhost:$hub_port"
}

hub_stop() {
	kill "$hub_pid" 2>/dev/null
	wait "$hub_pid" 2>/dev/null
}

conf_url() { # URL
	cat >"$work/chot.conf" <<-EOC
		station { id = "ST-1" }
		state = "$work/state"
		run = "$work/run"
		hub { url = "$1" certificate = "post.crt" key = "post.key"
		  ca = "ca.crt" seal = "site.pub" every = 5 }
	EOC
}

post_make() {
	hub_port=1
	conf_url https://localhost:1
	hub_port=
}

new_post() {
	rm -rf "$work/state"
	mkdir "$work/state"
	run=0
}

# FIRST LAST: recorded under these numbers.
records() {
	run=$((run + 1))
	{
		echo "hello 1 $run"
		seq 1 $(($2 - $1 + 1)) | sed 's/.*/put & {"n":&}/'
	} | "$BUILDDIR/tests/tools/recorder" serve "$work/state/outbox.db" \
	    ST-1 "$work/site.pub" >"$work/answers"
}

sync() { # OPTION...
	chot-sync -c "$work/chot.conf" --now "$@"
}

script() { # LINES: for the next requests
	if [ $# -gt 0 ]; then
		printf '%s\n' "$1" >"$work/hub/script"
	else
		: >"$work/hub/script"
	fi
}

held_seqs() {
	awk '{ print $2 }' "$work/hub/held"
}

# NAME COUNT: 1 to COUNT, in order, each behind the one before.
held_all() {
	is "$1" "$(awk -v n="$2" '
	    $2 != NR || (NR > 1 && $4 != last) { bad = 1 }
	    { last = $3 }
	    END { print (NR == n && !bad) ? "whole" : "not: " NR }' \
	    "$work/hub/held")" whole
}

other_ca() {
	make_ca stranger
}

# NAME hub|post CA CN STATUS WORDS [DAYS]
certificate() {
	hub_stop
	sign "$2" "$3" "$4" "${7:-30}"
	hub_start
	status "$1" "$5" sync
	like "$1: it is said" "$(cat "$work/out" "$work/err")" "$6"
}

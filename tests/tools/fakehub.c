/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fakehub - a hub that can be told to misbehave, for tests of sync.
 *
 *   fakehub DIR     DIR holds ca.crt, hub.crt, hub.key, maybe crl.pem (of
 *                   certificates that were revoked) and script
 *
 * Prints "port N". Real TLS with client certificates; one connection at a
 * time. What it took is DIR/held, one line "EPOCH SEQ HASH PREV" a record in
 * the order of taking, which is its memory: it can be stopped and started.
 * DIR/log gets a line for each request. Each request takes the first line of
 * DIR/script for itself, which says what becomes of it:
 *
 *   ok               as a hub does; so when the script is at its end
 *   cut N            take it, answer only the first N bytes, close
 *   drop             take it, close without an answer
 *   refuse SEQ       take it, record SEQ into quarantine
 *   reject SEQ CODE  a batch with that record is answered CODE, by the hub
 *   status CODE [RETRY]          the hub's own error, Retry-After
 *   word CODE WORD   the hub's own error with that word
 *   page CODE        a web page
 *   redirect         to another host
 *   say FILE         what lies in DIR/FILE, as JSON
 *   big              ten million bytes of JSON
 *   ahead, lower, other, epoch, stray, string, short
 *                    take it, and lie: a head too far, one less, of another
 *                    hash, of another epoch; refusals that were not sent; a
 *                    seq that is a string; no list of refusals
 *   nothing          take nothing, say the old head
 *   again            take it, say what was said last
 *   behind           take it, say what the last `behind` should have said; the
 *                    first closes without an answer, as one that comes late
 *   twice            take it, answer two times
 *   slow MS          answer after so long
 */
#include <assert.h>
#include <jansson.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define BODY_MAX (16u << 20)
#define REPLY_MAX 65536
#define RECORDS_MAX 300000

struct record {
	char epoch[9], hash[65], prev[65];
	long long seq;
};

struct told {
	int status; /* 0: nothing */
	char body[REPLY_MAX];
};

struct hub {
	const char *dir;
	struct record *held;
	size_t n;
	char verb[32], rest[128];
	long long refused; /* of this request, 0 none */
	int offset_s;      /* of its clock */
	struct told *last, *owed;
};

static const char zeros[65] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static FILE *
open_in(const struct hub *hub, const char *name, const char *mode)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", hub->dir, name);
	return fopen(path, mode);
}

/* ---- memory ---------------------------------------------------------------------------- */

static void
load(struct hub *hub)
{
	FILE *file = open_in(hub, "held", "r");
	struct record r;

	hub->n = 0;
	if (file == NULL)
		return;
	while (hub->n < RECORDS_MAX && fscanf(file, "%8s %lld %64s %64s",
	    r.epoch, &r.seq, r.hash, r.prev) == 4)
		hub->held[hub->n++] = r;
	fclose(file);
}

static const struct record *
find_head(const struct hub *hub, const char *epoch)
{
	for (size_t i = hub->n; i-- > 0;)
		if (strcmp(hub->held[i].epoch, epoch) == 0)
			return &hub->held[i];
	return NULL;
}

static const struct record *
find(const struct hub *hub, const char *epoch, long long seq)
{
	for (size_t i = hub->n; i-- > 0;)
		if (hub->held[i].seq == seq &&
		    strcmp(hub->held[i].epoch, epoch) == 0)
			return &hub->held[i];
	return NULL;
}

/* Line by line: a kill in the middle leaves whole ones. */
static void
keep(struct hub *hub, const struct record *r, FILE *file)
{
	assert(hub->n < RECORDS_MAX);
	hub->held[hub->n++] = *r;
	fprintf(file, "%s %lld %s %s\n", r->epoch, r->seq, r->hash, r->prev);
}

/* ---- taking ----------------------------------------------------------------------------- */

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static long long
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void
fill(struct record *r, const char *epoch, const json_t *item)
{
	*r = (struct record){ .seq = number_of(item, "seq") };
	snprintf(r->epoch, sizeof(r->epoch), "%s", epoch);
	snprintf(r->hash, sizeof(r->hash), "%s", text_of(item, "hash"));
	snprintf(r->prev, sizeof(r->prev), "%s", text_of(item, "prev"));
}

/* 200, or the status of the error; *seq where it is. */
static int
check_batch(struct hub *hub, const json_t *root, const char *epoch,
    long long *seq)
{
	const json_t *records = json_object_get(root, "records");
	const json_t *previous = json_object_get(root, "previous");
	const char *prev = text_of(previous, "hash");
	long long at = number_of(previous, "seq");
	struct record r;

	if (!json_is_array(records) || json_array_size(records) > 500 ||
	    strlen(prev) != 64 || number_of(root, "version") != 1)
		return 400;
	for (size_t i = 0; i < json_array_size(records); i++) {
		const struct record *known;

		fill(&r, epoch, json_array_get(records, i));
		*seq = r.seq;
		if (r.seq != at + 1 || strcmp(r.prev, prev) != 0)
			return 422;
		known = find(hub, epoch, r.seq);
		if (known != NULL && strcmp(known->hash, r.hash) != 0)
			return 409;
		at = r.seq;
		prev = text_of(json_array_get(records, i), "hash");
	}
	return 200;
}

static void
store_batch(struct hub *hub, const json_t *root, const char *epoch)
{
	const json_t *records = json_object_get(root, "records");
	const struct record *head = find_head(hub, epoch);
	long long next = head != NULL ? head->seq + 1 : 1;
	FILE *file = open_in(hub, "held", "a");
	struct record r;

	assert(file != NULL);
	if (number_of(root, "from") > next)
		next = number_of(root, "from");
	for (size_t i = 0; i < json_array_size(records); i++) {
		fill(&r, epoch, json_array_get(records, i));
		if (r.seq != next)
			continue;
		keep(hub, &r, file);
		next++;
	}
	fflush(file);
	fsync(fileno(file));
	fclose(file);
}

/* ---- answering ------------------------------------------------------------------------------ */

static bool
verb(const struct hub *hub, const char *name)
{
	return strcmp(hub->verb, name) == 0;
}

static int
print_time(const struct hub *hub, char *out, size_t size)
{
	time_t now = time(NULL) + hub->offset_s;
	struct tm tm;

	gmtime_r(&now, &tm);
	return snprintf(out, size, "{\"version\":1,\"time\":\""
	    "%04d-%02d-%02dT%02d:%02d:%02dZ\"", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
print_head(const struct hub *hub, const char *epoch, char *out, size_t size)
{
	const struct record *head = find_head(hub, epoch);
	long long seq = head != NULL ? head->seq : 0;
	const char *hash = head != NULL ? head->hash : zeros;

	if (verb(hub, "ahead"))
		seq += 1000;
	if (verb(hub, "lower") && seq > 0) {
		seq--;
		hash = seq > 0 ? find(hub, epoch, seq)->hash : zeros;
	}
	if (verb(hub, "other"))
		hash = "dddddddddddddddddddddddddddddddd"
		    "dddddddddddddddddddddddddddddddd";
	if (verb(hub, "epoch"))
		epoch = "00000bad";
	snprintf(out, size, verb(hub, "string") ?
	    "\"head\":{\"epoch\":\"%s\",\"seq\":\"%lld\",\"hash\":\"%s\"}" :
	    "\"head\":{\"epoch\":\"%s\",\"seq\":%lld,\"hash\":\"%s\"}",
	    epoch, seq, hash);
}

static void
print_taken(const struct hub *hub, const char *epoch, char *out)
{
	char head[512];
	int n = print_time(hub, out, REPLY_MAX);

	print_head(hub, epoch, head, sizeof(head));
	n += snprintf(out + n, (size_t)(REPLY_MAX - n), ",%s", head);
	if (hub->refused > 0)
		n += snprintf(out + n, (size_t)(REPLY_MAX - n), ",\"refused\":"
		    "[{\"seq\":%lld,\"reason\":\"body\"}]}", hub->refused);
	else if (verb(hub, "stray"))
		n += snprintf(out + n, (size_t)(REPLY_MAX - n), ",\"refused\":"
		    "[{\"seq\":99999,\"reason\":\"body\"}]}");
	else if (verb(hub, "short"))
		n += snprintf(out + n, (size_t)(REPLY_MAX - n), "}");
	else
		n += snprintf(out + n, (size_t)(REPLY_MAX - n),
		    ",\"refused\":[]}");
}

static int
print_error(const struct hub *hub, int status, const char *word,
    long long seq, char *out)
{
	int n = print_time(hub, out, REPLY_MAX);

	snprintf(out + n, (size_t)(REPLY_MAX - n), ",\"error\":\"%s\","
	    "\"detail\":\"told to\",\"seq\":%lld}", word, seq);
	return status;
}

static bool
batch_holds(const json_t *root, long long seq)
{
	const json_t *records = json_object_get(root, "records");

	for (size_t i = 0; i < json_array_size(records); i++)
		if (number_of(json_array_get(records, i), "seq") == seq)
			return true;
	return false;
}

static int
answer_records(struct hub *hub, const json_t *root, char *out)
{
	char epoch[9];
	long long seq = 0, which;
	int status, code = 0;

	snprintf(epoch, sizeof(epoch), "%s", text_of(root, "epoch"));
	if (verb(hub, "reject") && sscanf(hub->rest, "%lld %d", &which,
	    &code) == 2 && batch_holds(root, which))
		return print_error(hub, code, "rejected", which, out);
	status = check_batch(hub, root, epoch, &seq);
	if (status != 200)
		return print_error(hub, status, status == 409 ? "fork" :
		    "order", seq, out);
	if (verb(hub, "refuse") && sscanf(hub->rest, "%lld", &which) == 1 &&
	    batch_holds(root, which))
		hub->refused = which;
	if (!verb(hub, "nothing"))
		store_batch(hub, root, epoch);
	print_taken(hub, epoch, out);
	return 200;
}

/* The next line of the script, taken out of the file. */
static void
next_verb(struct hub *hub)
{
	char *rest, text[65536] = "";
	FILE *file = open_in(hub, "script", "r");
	size_t n;

	strcpy(hub->verb, "ok");
	hub->rest[0] = '\0';
	hub->refused = 0;
	if (file == NULL)
		return;
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	rest = strchr(text, '\n');
	if (rest == NULL)
		return;
	*rest++ = '\0';
	sscanf(text, "%31s %127[^\n]", hub->verb, hub->rest);
	if (verb(hub, "reject") || verb(hub, "stay"))
		return; /* these last until the script is changed */
	file = open_in(hub, "script", "w");
	if (file != NULL) {
		fputs(rest, file);
		fclose(file);
	}
}

/* ---- HTTP -------------------------------------------------------------------------------------- */

struct request {
	char line[256];
	bool deflated;
	size_t len;
	char *body;
};

static bool
read_line(SSL *ssl, char *out, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && SSL_read(ssl, out + n, 1) == 1) {
		if (out[n] == '\n') {
			out[n] = '\0';
			if (n > 0 && out[n - 1] == '\r')
				out[n - 1] = '\0';
			return true;
		}
		n++;
	}
	return false;
}

static bool
read_request(SSL *ssl, struct request *r)
{
	char header[4096];

	*r = (struct request){ .len = 0 };
	if (!read_line(ssl, r->line, sizeof(r->line)))
		return false;
	while (read_line(ssl, header, sizeof(header)) && header[0] != '\0') {
		if (strncasecmp(header, "Content-Length: ", 16) == 0)
			r->len = strtoul(header + 16, NULL, 10);
		if (strncasecmp(header, "Content-Encoding: deflate", 25) == 0)
			r->deflated = true;
	}
	if (r->len > BODY_MAX || (r->body = malloc(r->len + 1)) == NULL)
		return false;
	for (size_t n = 0; n < r->len;) {
		int got = SSL_read(ssl, r->body + n, (int)(r->len - n));

		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return true;
}

static json_t *
parse_body(const struct request *r)
{
	uLongf n = BODY_MAX;
	char *plain;
	json_t *root;

	if (!r->deflated)
		return json_loadb(r->body, r->len, 0, NULL);
	plain = malloc(n);
	assert(plain != NULL);
	if (uncompress((Bytef *)plain, &n, (const Bytef *)r->body,
	    r->len) != Z_OK)
		n = 0;
	root = json_loadb(plain, n, 0, NULL);
	free(plain);
	return root;
}

static void
send_big(SSL *ssl)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Length: 10000000\r\n\r\n";
	static char chunk[10000];

	memset(chunk, ' ', sizeof(chunk));
	SSL_write(ssl, head, sizeof(head) - 1);
	for (int i = 0; i < 1000; i++)
		if (SSL_write(ssl, chunk, sizeof(chunk)) <= 0)
			return;
}

/* False: the connection ends. */
static bool
send_reply(struct hub *hub, SSL *ssl, int status, const char *type,
    const char *more, const char *body)
{
	char *text;
	int n = asprintf(&text, "HTTP/1.1 %d X\r\nContent-Type: %s\r\n%s"
	    "Content-Length: %zu\r\n\r\n%s", status, type, more, strlen(body),
	    body);
	bool cut = verb(hub, "cut");

	assert(n > 0);
	if (cut && atoi(hub->rest) < n)
		n = atoi(hub->rest);
	else
		cut = false;
	if (n > 0)
		SSL_write(ssl, text, n);
	free(text);
	return !cut;
}

static int
scripted(struct hub *hub, char *out, char *more, const char **type)
{
	int status = 0, retry = 0;
	char word[64];

	if (verb(hub, "status") && sscanf(hub->rest, "%d %d", &status,
	    &retry) >= 1) {
		if (retry > 0)
			sprintf(more, "Retry-After: %d\r\n", retry);
		return print_error(hub, status, "told", 0, out);
	}
	if (verb(hub, "word") && sscanf(hub->rest, "%d %63s", &status,
	    word) == 2)
		return print_error(hub, status, word, 0, out);
	if (verb(hub, "page") && sscanf(hub->rest, "%d", &status) == 1) {
		*type = "text/html";
		strcpy(out, "<html><body>Log in to WiFi</body></html>");
		return status;
	}
	if (verb(hub, "say")) {
		FILE *in = open_in(hub, hub->rest, "r");

		out[in != NULL ? fread(out, 1, REPLY_MAX - 1, in) : 0] = '\0';
		if (in != NULL)
			fclose(in);
		return 200;
	}
	if (verb(hub, "redirect")) {
		strcpy(more, "Location: https://elsewhere.example/\r\n");
		*type = "text/html";
		return 302;
	}
	return 0;
}

static void
swap_told(struct told *told, int *status, char *out)
{
	static struct told other;

	other.status = *status;
	strcpy(other.body, out);
	*status = told->status;
	strcpy(out, told->body);
	*told = other;
}

/* False: there is nothing to be said. */
static bool
shuffle(struct hub *hub, int *status, char *out)
{
	if (verb(hub, "again") && hub->last->status != 0) {
		*status = hub->last->status;
		strcpy(out, hub->last->body);
	}
	if (verb(hub, "behind"))
		swap_told(hub->owed, status, out);
	if (*status == 0)
		return false;
	hub->last->status = *status;
	strcpy(hub->last->body, out);
	return true;
}

static bool
serve_one(struct hub *hub, SSL *ssl)
{
	static char out[REPLY_MAX];
	char more[256] = "";
	const char *type = "application/json; charset=utf-8";
	struct request r;
	int status;
	json_t *root;
	FILE *log;

	if (!read_request(ssl, &r)) {
		free(r.body);
		return false;
	}
	next_verb(hub);
	out[0] = '\0';
	if (verb(hub, "slow"))
		usleep((useconds_t)atoi(hub->rest) * 1000);
	status = scripted(hub, out, more, &type);
	if (status == 0 && strncmp(r.line, "GET /v1/time", 12) == 0) {
		strcpy(out + print_time(hub, out, REPLY_MAX), "}");
		status = 200;
	} else if (status == 0) {
		root = parse_body(&r);
		status = root == NULL ? print_error(hub, 400, "json", 0, out) :
		    answer_records(hub, root, out);
		json_decref(root);
	}
	free(r.body);
	log = open_in(hub, "log", "a");
	if (log != NULL) {
		fprintf(log, "%s %s %d\n", hub->verb, r.line, status);
		fclose(log);
	}
	if (verb(hub, "drop") || !shuffle(hub, &status, out))
		return false;
	if (verb(hub, "big")) {
		send_big(ssl);
		return false;
	}
	if (verb(hub, "twice"))
		send_reply(hub, ssl, status, type, more, out);
	return send_reply(hub, ssl, status, type, more, out);
}

static SSL_CTX *
make_context(const struct hub *hub)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	const char *old = getenv("FAKEHUB_TLS12");
	char ca[4096], cert[4096], key[4096], crl[4096];

	snprintf(ca, sizeof(ca), "%s/ca.crt", hub->dir);
	snprintf(cert, sizeof(cert), "%s/hub.crt", hub->dir);
	snprintf(key, sizeof(key), "%s/hub.key", hub->dir);
	assert(ctx != NULL);
	if (old != NULL)
		SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	if (SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1) {
		ERR_print_errors_fp(stderr);
		exit(1);
	}
	snprintf(crl, sizeof(crl), "%s/crl.pem", hub->dir);
	if (access(crl, R_OK) == 0) {
		SSL_CTX_load_verify_locations(ctx, crl, NULL);
		X509_STORE_set_flags(SSL_CTX_get_cert_store(ctx),
		    X509_V_FLAG_CRL_CHECK);
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"hub", 3);
	return ctx;
}

static int
listen_any(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)*port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		perror("fakehub");
		exit(1);
	}
	*port = ntohs(at.sin_port);
	return fd;
}

/* Closing with bytes unread would reset the connection, and the alert that
 * says why would be lost with it. */
static void
drain(int peer)
{
	char bytes[4096];

	shutdown(peer, SHUT_WR);
	while (read(peer, bytes, sizeof(bytes)) > 0)
		;
}

int
main(int argc, char **argv)
{
	struct hub hub = { .dir = argc > 1 ? argv[1] : "." };
	int port = argc > 2 ? atoi(argv[2]) : 0, fd;
	const char *offset = getenv("FAKEHUB_OFFSET");
	SSL_CTX *ctx;

	signal(SIGPIPE, SIG_IGN);
	hub.offset_s = offset != NULL ? atoi(offset) : 0;
	hub.held = calloc(RECORDS_MAX, sizeof(*hub.held));
	hub.last = calloc(1, sizeof(*hub.last));
	hub.owed = calloc(1, sizeof(*hub.owed));
	assert(hub.held != NULL && hub.last != NULL && hub.owed != NULL);
	load(&hub);
	ctx = make_context(&hub);
	fd = listen_any(&port);
	printf("port %d\n", port);
	fflush(stdout);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		SSL *ssl = SSL_new(ctx);

		SSL_set_fd(ssl, peer);
		if (SSL_accept(ssl) == 1)
			while (serve_one(&hub, ssl))
				;
		else
			drain(peer);
		/* No close_notify: a connection that is cut has none. */
		SSL_free(ssl);
		close(peer);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * testscanner - a serial scanner that is not there: plain lines, Honeywell's
 * and Newland's commands, Zebra's packets, and a reader of machine-readable
 * zones. For the tests and for `chot demo`. Its packets are made and read by
 * code of their own, not by that of the reader.
 */
#include "parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PART_MAX 250     /* bytes of a code in one packet of SSI */
#define ANSWER_MS 2000   /* then a packet is sent again */
#define TRIES_MAX 3
#define ROW_PAUSE_MS 250 /* between rows that are read one by one */
#define PAYLOAD_MAX (EVENT_PAYLOAD_MAX + 100) /* also what is too long */

struct testscanner {
	const struct kind *kind;
	struct testdevice_calls calls;
	size_t len, held; /* of the code that is sent; of the one that lies there */
	unsigned char payload[PAYLOAD_MAX];
	size_t sent;      /* bytes that were taken, or are on the way */
	size_t part;      /* of those, in the packet without an answer */
	int tries;
	int64_t again_ms; /* when it is sent again, or the next row; 0: never */
	long damage, deaf;
	bool packets;     /* the host asked for them */
	bool awake, raw, refuse;
	size_t n;
	unsigned char bytes[256]; /* from the host */
};

struct kind {
	const char *name;
	void (*start)(struct testscanner *s, int64_t now_ms);
	/* What follows: a packet without an answer, a row. */
	void (*go_on)(struct testscanner *s, int64_t now_ms);
	/* Bytes of the command that begins here: 0 more are needed, -1 none. */
	int (*take)(struct testscanner *s, int64_t now_ms);
};

static void
say(struct testscanner *s, const char *line)
{
	s->calls.say(s->calls.arg, line);
}

static void
send_bytes(struct testscanner *s, const void *bytes, size_t n)
{
	s->calls.send(s->calls.arg, bytes, n);
}

static void
say_stray(struct testscanner *s, const unsigned char *bytes, size_t n)
{
	char line[8 + 2 * sizeof(s->bytes)] = "stray ";

	hex_print(bytes, n, line + 6);
	say(s, line);
}

/* The host triggers: what lies there is read. */
static void
trigger(struct testscanner *s, int64_t now_ms)
{
	say(s, "trigger");
	if (s->held == 0)
		return;
	s->len = s->held;
	s->held = 0;
	s->kind->start(s, now_ms);
}

/* ---- lines ------------------------------------------------------------------------- */

static void
start_line(struct testscanner *s, int64_t now_ms)
{
	unsigned char line[PAYLOAD_MAX + 1];

	(void)now_ms;
	memcpy(line, s->payload, s->len);
	line[s->len] = '\r';
	send_bytes(s, line, s->len + 1);
}

static void
go_on_never(struct testscanner *s, int64_t now_ms)
{
	(void)now_ms;
	s->again_ms = 0;
}

static int
take_nothing(struct testscanner *s, int64_t now_ms)
{
	(void)s;
	(void)now_ms;
	return -1;
}

/* ---- Honeywell: SYN, a letter, CR; a menu command after SYN M CR ---------------------- */

static int
take_menu(struct testscanner *s)
{
	static const char info[] = "Product Name: Voyager 1602g\r\n"
	    "Boot Revision: 8992\r\nSerial Number: 15232B1F0C\r\n";
	unsigned char last = s->bytes[s->n - 1];
	bool known;

	if (s->n < 4 || (last != '.' && last != '!'))
		return 0;
	known = s->n == 10 && memcmp(s->bytes + 3, "REVINF.", 7) == 0;
	if (known && !s->refuse)
		send_bytes(s, info, sizeof(info) - 1);
	send_bytes(s, s->bytes + 3, s->n - 4);
	send_bytes(s, !known ? "\x05" : s->refuse ? "\x15" : "\x06", 1);
	send_bytes(s, &last, 1);
	return (int)s->n;
}

static int
take_honeywell(struct testscanner *s, int64_t now_ms)
{
	if (s->bytes[0] != 0x16 || (s->n == 3 && s->bytes[2] != '\r'))
		return -1;
	if (s->n < 3)
		return 0;
	if (s->bytes[1] == 'M')
		return take_menu(s);
	if (s->bytes[1] == 'T')
		trigger(s, now_ms);
	else if (s->bytes[1] == 0x07)
		say(s, "beep");
	else
		return -1;
	return 3;
}

/* ---- Newland: ~ SOH 0000, how long it holds, the command, ; ETX ------------------------- */

static int
take_newland(struct testscanner *s, int64_t now_ms)
{
	static const char head[] = "~\x01" "0000";
	const char *command = (const char *)s->bytes + 7, *told = "";
	bool known = true, triggered = false;

	if (memcmp(s->bytes, head, s->n < 6 ? s->n : 6) != 0)
		return -1;
	if (s->n < 10 || memcmp(s->bytes + s->n - 2, ";\x03", 2) != 0)
		return 0;
	if (strncmp(command, "SCNTRG1;", 8) == 0)
		triggered = true;
	else if (strncmp(command, "BEEPON", 6) == 0)
		say(s, "beep");
	else if (strncmp(command, "QRYSYS;", 7) == 0)
		told = "Product Name: NLS-FM430\r\n"
		    "Firmware Version: V1.02.004\r\n";
	else
		known = false;
	send_bytes(s, "\x02\x01" "0000", 6);
	send_bytes(s, s->bytes + 6, s->n - 8);
	send_bytes(s, told, strlen(told));
	send_bytes(s, !known ? "\x05;\x03" : s->refuse ? "\x15;\x03" :
	    "\x06;\x03", 3);
	if (triggered && !s->refuse)
		trigger(s, now_ms);
	return (int)s->n;
}

/* ---- Zebra: packets that want an answer --------------------------------------------------- */

static void
send_packet(struct testscanner *s, unsigned char opcode, unsigned char status,
    const void *data, size_t n)
{
	unsigned char out[260] = { (unsigned char)(n + 4), opcode, 0, status };
	unsigned sum = 0;

	memcpy(out + 4, data, n);
	for (size_t i = 0; i < n + 4; i++)
		sum += out[i];
	sum = 0x10000 - sum;
	out[n + 4] = (unsigned char)(sum >> 8);
	out[n + 5] = (unsigned char)sum;
	if (s->damage > 0 && opcode == 0xf3) {
		s->damage--;
		out[n + 5] ^= 0x55;
	}
	send_bytes(s, out, n + 6);
}

static void
send_part(struct testscanner *s, int64_t now_ms)
{
	unsigned char data[1 + PART_MAX] = { 0x1c }; /* QR */
	size_t left = s->len - s->sent;

	s->part = left < PART_MAX ? left : PART_MAX;
	memcpy(data + 1, s->payload + s->sent, s->part);
	send_packet(s, 0xf3, (unsigned char)((s->tries > 0 ? 1 : 0) |
	    (s->part < left ? 2 : 0)), data, 1 + s->part);
	s->tries++;
	s->again_ms = now_ms + ANSWER_MS;
}

static void
start_ssi(struct testscanner *s, int64_t now_ms)
{
	s->sent = 0;
	s->tries = 0;
	if (s->packets)
		send_part(s, now_ms);
	else
		send_bytes(s, s->payload, s->len);
}

static void
go_on_ssi(struct testscanner *s, int64_t now_ms)
{
	if (s->tries < TRIES_MAX) {
		send_part(s, now_ms);
		return;
	}
	say(s, "given up");
	s->again_ms = 0;
}

static void
take_answer(struct testscanner *s, bool good, int64_t now_ms)
{
	if (s->deaf > 0) {
		s->deaf--;
		return;
	}
	if (s->again_ms == 0) {
		say_stray(s, s->bytes, s->n);
		return;
	}
	if (!good) {
		go_on_ssi(s, now_ms);
		return;
	}
	s->again_ms = 0;
	s->sent += s->part;
	s->tries = 0;
	if (s->sent < s->len)
		send_part(s, now_ms);
}

/* Parameters: whether packets are wanted is all that is looked at. */
static void
take_parameters(struct testscanner *s)
{
	for (size_t i = 5; i + 1 < s->n - 2; i += 2)
		if (s->bytes[i] == 0xee && !s->raw)
			s->packets = s->bytes[i + 1] == 1;
	say(s, s->packets ? "packets" : "raw");
}

static void
obey_ssi(struct testscanner *s, int64_t now_ms)
{
	unsigned char opcode = s->bytes[1];
	bool triggered = opcode == 0xe4;

	if (!s->awake) { /* it sleeps until a NUL has come */
		say(s, "asleep");
		return;
	}
	s->awake = false;
	if (s->refuse) {
		send_packet(s, 0xd1, 0, "\x06", 1);
		return;
	}
	if (opcode == 0xa3) {
		send_packet(s, 0xa4, 0, "PAABLS00-001-R00 DS4308", 23);
		s->deaf++; /* the answer to this is no news */
		return;
	}
	if (opcode == 0xc6)
		take_parameters(s);
	if (opcode == 0xe6)
		say(s, "beep");
	send_packet(s, 0xd0, 0, "", 0);
	if (triggered)
		trigger(s, now_ms);
}

static int
take_ssi(struct testscanner *s, int64_t now_ms)
{
	unsigned sum = 0;
	size_t whole = s->bytes[0] + 2u;

	if (s->bytes[0] == 0) {
		s->awake = true;
		return 1;
	}
	if (s->bytes[0] < 4 || (s->n > 2 && s->bytes[2] != 4))
		return -1;
	if (s->n < whole)
		return 0;
	for (size_t i = 0; i < whole - 2; i++)
		sum += s->bytes[i];
	if (((sum + (unsigned)(s->bytes[whole - 2] << 8 |
	    s->bytes[whole - 1])) & 0xffff) != 0)
		return -1;
	if (s->bytes[1] == 0xd0 || s->bytes[1] == 0xd1)
		take_answer(s, s->bytes[1] == 0xd0, now_ms);
	else
		obey_ssi(s, now_ms);
	return (int)whole;
}

/* ---- machine-readable zones: rows, with spaces between them in a command ------------------- */

/* The next row; its length. */
static size_t
row_of(const struct testscanner *s, const unsigned char **row)
{
	const unsigned char *end;

	*row = s->payload + s->sent;
	end = memchr(*row, ' ', s->len - s->sent);
	return end == NULL ? s->len - s->sent : (size_t)(end - *row);
}

static void
start_mrz(struct testscanner *s, int64_t now_ms)
{
	unsigned char all[PAYLOAD_MAX + 2];

	(void)now_ms;
	for (size_t i = 0; i < s->len; i++)
		all[i] = s->payload[i] == ' ' ? '\r' : s->payload[i];
	memcpy(all + s->len, "\r\n", 2);
	send_bytes(s, all, s->len + 2);
}

/* SOH length "OU" STX flag, three rows and CRs, ETX and a check byte. Two rows
 * are the second and third; '_' fills them up. */
static void
start_block(struct testscanner *s, int64_t now_ms)
{
	unsigned char block[3 * 45 + 16] = "\x01\x00OU\x02" "0";
	size_t n = 6, rows = 1, width;
	const unsigned char *row;

	(void)now_ms;
	for (size_t i = 0; i < s->len; i++)
		rows += s->payload[i] == ' ';
	width = rows == 3 ? 30 : 44;
	for (size_t i = rows; i < 3; i++)
		block[n++] = '\r';
	for (s->sent = 0; rows > 0 && s->sent < s->len; rows--) {
		size_t len = row_of(s, &row);

		s->sent += len + 1;
		memset(block + n, '_', width);
		memcpy(block + n, row, len < width ? len : width);
		n += width;
		block[n++] = '\r';
	}
	block[n++] = 0x03;
	block[1] = (unsigned char)(n - 2);
	for (size_t i = 1; i < n; i++)
		block[n] ^= block[i];
	send_bytes(s, block, n + 1);
}

static void
send_row(struct testscanner *s, int64_t now_ms)
{
	const unsigned char *row;
	unsigned char line[PAYLOAD_MAX + 1];
	size_t len = row_of(s, &row);

	memcpy(line, row, len);
	line[len] = '\r';
	send_bytes(s, line, len + 1);
	s->sent += len + 1;
	s->again_ms = s->sent < s->len ? now_ms + ROW_PAUSE_MS : 0;
}

static void
start_rows(struct testscanner *s, int64_t now_ms)
{
	s->sent = 0;
	send_row(s, now_ms);
}

static const struct kind kinds[] = {
	{ "line", start_line, go_on_never, take_nothing },
	{ "honeywell", start_line, go_on_never, take_honeywell },
	{ "newland", start_line, go_on_never, take_newland },
	{ "ssi", start_ssi, go_on_ssi, take_ssi },
	{ "mrz", start_mrz, go_on_never, take_nothing },
	{ "mrz-block", start_block, go_on_never, take_nothing },
	{ "mrz-rows", start_rows, send_row, take_nothing },
};

/* ---- the door ---------------------------------------------------------------------------------- */

void
testscanner_bytes(struct testscanner *s, const unsigned char *bytes, size_t n,
    int64_t now_ms)
{
	for (size_t i = 0; i < n; i++) {
		int taken;

		s->bytes[s->n++] = bytes[i];
		taken = s->kind->take(s, now_ms);
		if (taken < 0 || s->n == sizeof(s->bytes))
			say_stray(s, s->bytes, s->n);
		if (taken != 0 || s->n == sizeof(s->bytes))
			s->n = 0;
	}
}

int64_t
testscanner_tick(struct testscanner *s, int64_t now_ms)
{
	if (s->again_ms != 0 && now_ms >= s->again_ms)
		s->kind->go_on(s, now_ms);
	return s->again_ms != 0 ? s->again_ms : -1;
}

struct testscanner *
testscanner_new(const char *protocol, const struct testdevice_calls *calls)
{
	struct testscanner *s;

	for (size_t i = 0; i < nitems(kinds); i++) {
		if (strcmp(kinds[i].name, protocol) != 0)
			continue;
		s = calloc(1, sizeof(*s));
		if (s == NULL)
			mem_none();
		s->kind = &kinds[i];
		s->calls = *calls;
		return s;
	}
	return NULL;
}

void
testscanner_free(struct testscanner *s)
{
	free(s);
}

void
testscanner_scan(struct testscanner *s, const unsigned char *payload, size_t n,
    int64_t now_ms)
{
	assert(n <= sizeof(s->payload));
	memcpy(s->payload, payload, n);
	s->len = n;
	s->kind->start(s, now_ms);
}

bool
testscanner_command(struct testscanner *s, const char *line, int64_t now_ms)
{
	unsigned char bytes[PAYLOAD_MAX];
	ssize_t n = (ssize_t)strlen(line) - 5;

	if (strncmp(line, "hex ", 4) == 0) {
		n = hex_parse(line + 4, strlen(line + 4), bytes, sizeof(bytes));
		if (n > 0)
			testscanner_scan(s, bytes, (size_t)n, now_ms);
		return n > 0;
	}
	if (strncmp(line, "scan ", 5) == 0 && n <= PAYLOAD_MAX) {
		testscanner_scan(s, (const unsigned char *)line + 5, (size_t)n,
		    now_ms);
	} else if (strncmp(line, "hold ", 5) == 0 && n <= PAYLOAD_MAX) {
		memcpy(s->payload, line + 5, (size_t)n);
		s->held = (size_t)n;
	} else if (strcmp(line, "raw") == 0) {
		s->raw = true;
		s->packets = false;
	} else if (strcmp(line, "refuse") == 0 || strcmp(line, "obey") == 0) {
		s->refuse = line[0] == 'r';
	} else {
		return sscanf(line, "damage %ld", &s->damage) == 1 ||
		    sscanf(line, "deaf %ld", &s->deaf) == 1;
	}
	return true;
}

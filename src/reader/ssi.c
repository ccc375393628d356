/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ssi - Zebra's Simple Serial Interface: packets with checksum and answers.
 *
 * A decoded code comes in one or several packets; each is acknowledged, one
 * with a wrong sum is asked for again. A scanner that was not told to send
 * packets sends raw text: those bytes are handed on and not acknowledged.
 */
#include "parts.h"

#include <string.h>

#define HOST 0x04
#define DECODER 0x00
#define STATUS_AGAIN 0x01 /* retransmitted */
#define STATUS_MORE 0x02  /* packets of the same code follow */
#define LENGTH_MIN 4
#define PACKET_BYTES_MAX 257u
#define CHARACTER_MS 200 /* a packet that stands still that long is cut */
#define CODE_MS 3000     /* the rest of a code must come within */
#define WAKE_MS 50       /* a sleeping decoder needs it after a NUL */

enum opcode {
	REQUEST_REVISION = 0xa3, REPLY_REVISION = 0xa4, CMD_ACK = 0xd0, CMD_NAK = 0xd1, START_DECODE = 0xe4, BEEP = 0xe6,
	DECODE_DATA = 0xf3,
};

static const struct {
	unsigned char type;
	const char *word;
} code_types[] = {
	{ 0x01, "code39" }, { 0x02, "codabar" }, { 0x03, "code128" },
	{ 0x04, "2of5" }, { 0x06, "itf" }, { 0x07, "code93" },
	{ 0x08, "upca" }, { 0x09, "upce" }, { 0x0a, "ean8" },
	{ 0x0b, "ean13" }, { 0x0e, "msi" }, { 0x0f, "gs1-128" },
	{ 0x11, "pdf417" }, { 0x1b, "datamatrix" }, { 0x1c, "qr" },
};

static const char *
type_word(unsigned char type)
{
	for (size_t i = 0; i < nitems(code_types); i++)
		if (code_types[i].type == type)
			return code_types[i].word;
	return "unknown";
}

static unsigned
sum_of(const unsigned char *bytes, size_t n)
{
	unsigned sum = 0;

	while (n-- > 0)
		sum += *bytes++;
	return -sum & 0xffff;
}

size_t
ssi_packet(unsigned char opcode, unsigned char source, unsigned char status,
    const unsigned char *data, size_t n, unsigned char out[260])
{
	unsigned sum;

	if (n > 255 - LENGTH_MIN)
		return 0;
	out[0] = (unsigned char)(n + LENGTH_MIN);
	out[1] = opcode;
	out[2] = source;
	out[3] = status;
	if (n > 0)
		memcpy(out + LENGTH_MIN, data, n);
	sum = sum_of(out, n + LENGTH_MIN);
	out[n + LENGTH_MIN] = (unsigned char)(sum >> 8);
	out[n + LENGTH_MIN + 1] = (unsigned char)sum;
	return n + LENGTH_MIN + 2;
}

static void
answer(struct ssi *s, unsigned char opcode, unsigned char cause)
{
	unsigned char out[260];

	s->sink.send(s->sink.arg, out, ssi_packet(opcode, HOST, 0, &cause,
	    opcode == CMD_NAK ? 1 : 0, out));
}

/* Lost for the second time, what is sent again may be of another code. */
static void
lose(struct ssi *s)
{
	s->damaged++;
	s->spoilt |= s->open && s->lost;
	s->lost = true;
	s->nlost += s->npart;
	answer(s, CMD_NAK, 1);
}

/* FNV-1a, to know a packet that is sent again although it had come. */
static uint32_t
hash(const unsigned char *bytes, size_t n)
{
	uint32_t h = 2166136261u;

	while (n-- > 0)
		h = (h ^ *bytes++) * 16777619u;
	return h;
}

static void
take_code(struct ssi *s, const unsigned char *packet)
{
	size_t n = packet[0] - LENGTH_MIN - 1u;
	uint32_t now = hash(packet + LENGTH_MIN, packet[0] - LENGTH_MIN);

	if ((packet[3] & STATUS_AGAIN) != 0 && now == s->last_hash)
		return; /* only our acknowledgement was lost */
	s->last_hash = now;
	if (!s->open) {
		s->len = 0;
		s->spoilt = false;
		s->type = packet[LENGTH_MIN];
	}
	/* A packet was lost and this is not what is sent again, or more than
	 * one was: it may be the rest of a code, which must not pass for a
	 * whole one. */
	if (s->lost && !s->spoilt && ((packet[3] & STATUS_AGAIN) == 0 ||
	    s->nlost > PACKET_BYTES_MAX)) {
		s->spoilt = true;
		s->sink.trouble(s->sink.arg, N_("a code was cut off"));
	}
	s->lost = false;
	s->nlost = 0;
	s->open = (packet[3] & STATUS_MORE) != 0;
	if (s->len + n > sizeof(s->data)) {
		if (!s->spoilt)
			s->sink.trouble(s->sink.arg,
			    N_("a code that is too long was dropped"));
		s->spoilt = true;
	}
	if (!s->spoilt) {
		memcpy(s->data + s->len, packet + LENGTH_MIN + 1, n);
		s->len += n;
	}
	if (!s->open && !s->spoilt && s->len > 0)
		s->sink.scan(s->sink.arg, type_word(s->type), s->data, s->len);
}

static void
take_packet(struct ssi *s, const unsigned char *packet)
{
	switch (packet[1]) {
	case DECODE_DATA:
		if (packet[0] < LENGTH_MIN + 1)
			break;
		take_code(s, packet);
		answer(s, CMD_ACK, 0);
		break;
	case CMD_NAK:
		s->sink.trouble(s->sink.arg,
		    N_("the scanner refused the command"));
		break;
	case CMD_ACK:
		break;
	case REPLY_REVISION:
		answer(s, CMD_ACK, 0);
		s->sink.revision(s->sink.arg, packet + LENGTH_MIN,
		    packet[0] - (size_t)LENGTH_MIN);
		break;
	default: /* events: heard, and of no use here */
		answer(s, CMD_ACK, 0);
		break;
	}
}

/* What decoders may send: their header is told from text by its zero. */
static bool
may_start(const unsigned char *p, size_t n)
{
	static const unsigned char opcodes[] = { 0xf3, 0xf6, 0xd0, 0xd1, 0xa4,
		0xd4, 0xc6, 0x80 };

	if (p[0] < LENGTH_MIN)
		return false;
	if (n > 1 && memchr(opcodes, p[1], sizeof(opcodes)) == NULL)
		return false;
	return n < 3 || p[2] == DECODER;
}

static void
drop(struct ssi *s, size_t n)
{
	s->npart -= n;
	memmove(s->part, s->part + n, s->npart);
}

/* Takes what is whole; a byte that starts no packet is raw text. */
static void
take_all(struct ssi *s)
{
	while (s->npart > 0) {
		size_t whole = s->part[0] + 2u;

		if (!may_start(s->part, s->npart)) {
			s->lost = true; /* it may be a damaged header */
			s->nlost++;
			s->sink.raw(s->sink.arg, s->part, 1);
			drop(s, 1);
			continue;
		}
		if (s->npart < whole)
			return;
		if (sum_of(s->part, whole - 2) !=
		    (unsigned)(s->part[whole - 2] << 8 | s->part[whole - 1])) {
			/* What follows it will be sent again, too. */
			lose(s);
			s->npart = 0;
			return;
		}
		take_packet(s, s->part);
		drop(s, whole);
	}
}

void
ssi_init(struct ssi *s, const struct ssi_sink *sink)
{
	memset(s, 0, sizeof(*s));
	s->sink = *sink;
}

void
ssi_reset(struct ssi *s)
{
	struct ssi_sink sink = s->sink;

	ssi_init(s, &sink);
}

void
ssi_push(struct ssi *s, const unsigned char *bytes, size_t n, int64_t now_ms)
{
	ssi_tick(s, now_ms);
	s->last_ms = now_ms;
	for (size_t i = 0; i < n; i++) {
		s->part[s->npart++] = bytes[i];
		take_all(s);
	}
}

void
ssi_tick(struct ssi *s, int64_t now_ms)
{
	if (s->wake_ms != 0 && now_ms >= s->wake_ms) {
		s->wake_ms = 0;
		s->sink.send(s->sink.arg, s->command, s->ncommand);
	}
	if (s->npart > 0 && now_ms - s->last_ms >= CHARACTER_MS) {
		/* Three bytes tell a packet; fewer were the end of a text. */
		if (s->npart < 3)
			s->sink.raw(s->sink.arg, s->part, s->npart);
		else
			lose(s);
		s->npart = 0;
	}
	if (now_ms - s->last_ms >= CODE_MS) {
		s->lost = false;
		s->nlost = 0;
	}
	if (s->open && now_ms - s->last_ms >= CODE_MS) {
		s->open = false;
		s->sink.trouble(s->sink.arg, N_("a code was cut off"));
	}
}

int64_t
ssi_deadline(const struct ssi *s)
{
	int64_t at_ms = -1;

	if (s->open)
		at_ms = s->last_ms + CODE_MS;
	if (s->npart > 0)
		at_ms = s->last_ms + CHARACTER_MS;
	if (s->wake_ms != 0 && (at_ms < 0 || s->wake_ms < at_ms))
		at_ms = s->wake_ms;
	return at_ms;
}

static void
send_awake(struct ssi *s, int64_t now_ms)
{
	s->sink.send(s->sink.arg, (const unsigned char *)"", 1);
	s->wake_ms = now_ms + WAKE_MS;
}

void
ssi_start(struct ssi *s, int64_t now_ms)
{
	/* Parameter EE, packet format, to 1; no beep; not for ever. */
	static const unsigned char packets_on[] = { 0xff, 0xee, 0x01 };

	s->ncommand = ssi_packet(0xc6, HOST, 0, packets_on,
	    sizeof(packets_on), s->command);
	send_awake(s, now_ms);
}

int
ssi_command(struct ssi *s, const char *word, int64_t now_ms)
{
	static const unsigned char code = 0x01;

	if (strcmp(word, "trigger") == 0)
		s->ncommand = ssi_packet(START_DECODE, HOST, 0, NULL, 0,
		    s->command);
	else if (strcmp(word, "beep") == 0)
		s->ncommand = ssi_packet(BEEP, HOST, 0, &code, 1, s->command);
	else if (strcmp(word, "identity") == 0)
		s->ncommand = ssi_packet(REQUEST_REVISION, HOST, 0, NULL, 0,
		    s->command);
	else
		return -1;
	send_awake(s, now_ms);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * identity - what a scanner says it is, and its answers to other commands.
 *
 * Answers come on the same line as scans, and must never pass for one.
 * Newland: STX SOH 0000, the command, ACK (06), ENQ (05) or NAK (15), ";" ETX.
 * Honeywell: lines of text, the command again, ACK, ENQ or NAK, "." or "!".
 */
#include "parts.h"

#include <string.h>

#define ANSWER_MS 1000
#define ACK 0x06
#define ENQ 0x05
#define NAK 0x15
#define ETX 0x03

/* The names of the questions, as they are repeated. */
static const char *const questions[] = { "REVINF", "QRYSYS" };
/* Newland answers these, too, maybe after the question was sent. */
static const char *const others[] = { "SCNTRG", "BEEPON" };

/* The length of the header; 0: it is none. The STX may be off already. */
static size_t
header_of(const unsigned char *data, size_t n)
{
	static const unsigned char header[] = "\x02\x01" "0000";
	size_t from = n > 0 && data[0] == header[0] ? 0 : 1;
	size_t len = sizeof(header) - 1 - from;

	return n > len && memcmp(data, header + from, len) == 0 ? len : 0;
}

/* The byte that says how it went, which is followed by one sign or two. */
static unsigned char
verdict_of(const unsigned char *data, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char byte = data[n - back];

		if (byte == ACK || byte == ENQ || byte == NAK)
			return byte;
	}
	return 0;
}

/* An answer in Newland's frame, to something else than a question. */
static bool
answers_other(const unsigned char *data, size_t n)
{
	size_t at = header_of(data, n) + 1; /* for now, for ever */

	for (size_t i = 0; at > 1 && i < nitems(others); i++)
		if (n - at >= strlen(others[i]) && at < n &&
		    memcmp(data + at, others[i], strlen(others[i])) == 0)
			return true;
	return false;
}

static bool
append(struct identity *id, const char *text, size_t n)
{
	size_t room = sizeof(id->words) - id->n;

	if (n == 0 || n + 3 > room)
		return false;
	id->n += (size_t)snprintf(id->words + id->n, room, "%s%.*s",
	    id->n > 0 ? ", " : "", (int)n, text);
	return true;
}

/* What is text in it, without the question. */
static void
keep(struct identity *id, const unsigned char *data, size_t n)
{
	char clean[EVENT_WORDS_MAX];
	size_t from, len = 0;

	for (size_t i = header_of(data, n); i < n && len + 1 < sizeof(clean);
	    i++) {
		if (data[i] >= ' ' && data[i] < 0x7f)
			clean[len++] = (char)data[i];
		else if (data[i] == ACK)
			break;
	}
	clean[len] = '\0';
	if (clean[0] == '#' || clean[0] == '@') /* for now, for ever */
		memmove(clean, clean + 1, len);
	for (size_t i = 0; i < nitems(questions); i++) {
		char *at = strstr(clean, questions[i]);
		size_t word = strlen(questions[i]);

		if (at != NULL)
			memmove(at, at + word, strlen(at + word) + 1);
	}
	len = strlen(clean);
	from = strspn(clean, " ");
	while (len > from && clean[len - 1] == ' ')
		len--;
	append(id, clean + from, len - from);
}

size_t
identity_span(const unsigned char *data, size_t n)
{
	size_t i = header_of(data, n);

	if (i == 0)
		return 0;
	for (; i + 1 < n; i++)
		if (data[i] == ';' && data[i + 1] == ETX)
			return i + 2;
	return n;
}

void
identity_ask(struct identity *id, int64_t now_ms)
{
	*id = (struct identity){ .until_ms = now_ms + ANSWER_MS };
}

enum reply
identity_take(struct identity *id, const unsigned char *data, size_t n)
{
	unsigned char verdict = verdict_of(data, n);
	bool newland = header_of(data, n) > 0;

	id->refused = verdict == ENQ || verdict == NAK;
	if (id->until_ms == 0)
		return newland ? REPLY_END : REPLY_NONE;
	if (answers_other(data, n)) {
		id->refused = false;
		return REPLY_PART;
	}
	if (!id->refused)
		keep(id, data, n);
	/* A long answer is lines of its own, of which the last has the verdict. */
	return verdict != 0 ? REPLY_END : REPLY_PART;
}

bool
identity_due(const struct identity *id, int64_t now_ms)
{
	return id->until_ms != 0 && now_ms >= id->until_ms;
}

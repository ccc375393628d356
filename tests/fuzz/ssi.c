/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A Zebra scanner on a bad line: bits of what it sends are changed, answers of
 * ours do not reach it. Each code that comes out is one that was
 * sent, whole, and none comes twice in a row. Then any bytes at all.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/reader/parts.h"

#define CODES 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzzed {
	struct ssi ssi;
	struct testscanner *scanner;
	const uint8_t *data; /* what befalls the bytes, one each */
	size_t size, at;
	int64_t now_ms;
	bool chaos; /* anything may come out */
	int last;
	unsigned raw;
	size_t nsent; /* of ours, on the way to it */
	unsigned char sent[4096];
};

static size_t
code_of(int number, unsigned char out[EVENT_PAYLOAD_MAX])
{
	size_t n = (size_t)(10 + number * 290);

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)('A' + (i * 7 + (size_t)number) % 23);
	return n;
}

static void
on_scan(void *arg, const char *word, const unsigned char *text, size_t len)
{
	struct fuzzed *f = arg;
	unsigned char code[EVENT_PAYLOAD_MAX];

	(void)word;
	assert(len > 0 && len <= EVENT_PAYLOAD_MAX);
	for (int i = 0; i < CODES; i++)
		if (code_of(i, code) == len && memcmp(code, text, len) == 0) {
			assert(f->chaos || i != f->last);
			f->last = i;
			return;
		}
	assert(f->chaos);
}

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct fuzzed *f = arg;

	assert(n > 0 && n <= 260);
	/* Now and then an answer is lost. */
	if (f->at < f->size && (f->data[f->at] & 0x3f) == 0x21)
		f->at++;
	else if (n <= sizeof(f->sent) - f->nsent) {
		memcpy(f->sent + f->nsent, bytes, n);
		f->nsent += n;
	}
}

static void
on_raw(void *arg, const unsigned char *bytes, size_t n)
{
	(void)bytes;
	((struct fuzzed *)arg)->raw += (unsigned)n;
}

static void
on_words(void *arg, const char *words)
{
	(void)arg;
	assert(words[0] != '\0');
}

static void
on_text(void *arg, const unsigned char *text, size_t n)
{
	(void)arg;
	(void)text;
	assert(n <= 255);
}

/* The line: a byte of data may change a bit of a packet. The sum of SSI takes
 * two changes that cancel each other for none: there is one at most. */
static void
on_packet(void *arg, const unsigned char *bytes, size_t n)
{
	struct fuzzed *f = arg;
	size_t bad = n;
	unsigned char fate = 0;

	if (f->at + 1 < f->size && (f->data[f->at] & 0xf0) == 0x40) {
		fate = (unsigned char)(1 << (f->data[f->at] & 7));
		bad = f->data[f->at + 1];
		f->at += 2;
	} else if (f->at < f->size) {
		f->at++;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = i == bad ? bytes[i] ^ fate : bytes[i];

		ssi_push(&f->ssi, &byte, 1, f->now_ms);
	}
}

static void
pass(struct fuzzed *f, int64_t ms)
{
	for (int64_t end_ms = f->now_ms + ms; f->now_ms < end_ms;
	    f->now_ms += f->nsent > 0 ? 10 : 500) {
		unsigned char sent[sizeof(f->sent)];
		size_t n = f->nsent;

		memcpy(sent, f->sent, n);
		f->nsent = 0;
		testscanner_bytes(f->scanner, sent, n, f->now_ms);
		ssi_tick(&f->ssi, f->now_ms);
		testscanner_tick(f->scanner, f->now_ms);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzzed f;
	const struct ssi_sink sink = { on_scan, on_send, on_raw, on_words,
		on_text, &f };
	const struct testdevice_calls calls = { on_packet, on_words, &f };
	unsigned char code[EVENT_PAYLOAD_MAX];

	f = (struct fuzzed){ .now_ms = 1000, .last = -1 };
	f.scanner = testscanner_new("ssi", &calls);
	ssi_init(&f.ssi, &sink);
	ssi_start(&f.ssi, f.now_ms); /* it understands that */
	pass(&f, 100);
	f.data = data;
	f.size = size;
	for (int i = 0; i < CODES; i++) {
		testscanner_scan(f.scanner, code, code_of(i, code), f.now_ms);
		pass(&f, 50000);
	}
	f.chaos = true;
	ssi_push(&f.ssi, data, size, f.now_ms);
	pass(&f, 10000);
	assert(ssi_deadline(&f.ssi) == -1);
	testscanner_free(f.scanner);
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guess - what a device is, by the bytes it sends. Pure.
 *
 * Only protocols that send by themselves can be told: a question meant for a
 * thermometer could switch a relay.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define FRAMES_MIN 3
#define SHARE_MIN 60 /* percent of the bytes that must belong to frames */
#define TEXT_LEAST_MC (-40000)
#define TEXT_MOST_MC 120000

struct tally {
	unsigned good;     /* frames with a temperature that can be */
	unsigned texts;    /* readings of text */
	unsigned rows;     /* texts that are rows of a passport or card */
	unsigned numbers;  /* texts that are a temperature */
	bool binary;       /* a text held control characters */
};

static void
count_sample(void *arg, const struct sample *sample)
{
	struct tally *tally = arg;
	int32_t mc = sample->has_object ? sample->object_mc :
	    sample->has_body ? sample->body_mc : sample->ambient_mc;

	if (mc >= TEXT_LEAST_MC && mc <= TEXT_MOST_MC)
		tally->good++;
}

static bool
is_row(const unsigned char *data, size_t len)
{
	bool filled = false;

	for (size_t i = 0; i < len; i++) {
		filled |= data[i] == '<' || data[i] == '_';
		if (!isalnum(data[i]) && data[i] != '<' && data[i] != '_')
			return false;
	}
	return filled && (len == 30 || len == 36 || len == 44);
}

static void
count_text(void *arg, const unsigned char *data, size_t len)
{
	struct tally *tally = arg;
	struct sample sample;

	tally->texts++;
	tally->rows += is_row(data, len);
	for (size_t i = 0; i < len; i++)
		if (data[i] < ' ' && data[i] != '\t' && data[i] != '\r' &&
		    data[i] != '\n' && data[i] != 0x1d)
			tally->binary = true;
	if (ascii_parse(data, len, &sample) != ASCII_OK ||
	    memchr(data, '.', len) == NULL || len > 80)
		return;
	if (sample.has_ambient || sample.has_body ||
	    (sample.object_mc >= 20000 && sample.object_mc <= 45000))
		tally->numbers++;
}

static int
settle(const struct driver *driver, long baud, enum reader_role role,
    struct settings *settings)
{
	struct device device;
	char text[128];

	snprintf(text, sizeof(text), "serial:x,baud=%ld,protocol=%s", baud,
	    driver->name);
	return device_parse(text, &device, NULL) < 0 ? -1 :
	    settings_fill(role, &device, settings, NULL);
}

/* How many percent of the bytes are good frames of the driver. */
static int
share_of_packets(const struct driver *driver, long baud,
    const unsigned char *bytes, size_t n)
{
	struct settings settings;
	struct tally tally = { 0 };
	struct packet packet;
	size_t noise = 0, frames = 0;

	if (settle(driver, baud, ROLE_THERMOMETER, &settings) < 0)
		return 0;
	packet_init(&packet, &settings);
	/* One by one: packet.noise starts anew with each good frame. */
	for (size_t i = 0; i < n; i++) {
		unsigned before = tally.good, was = packet.noise;

		packet_push(&packet, bytes + i, 1, 0, count_sample, &tally);
		if (tally.good != before) {
			noise += was;
			frames++;
		}
	}
	noise += packet.noise;
	return frames < FRAMES_MIN ? 0 : (int)((n - noise) * 100 / n);
}

static const struct driver *
guess_packets(long baud, const unsigned char *bytes, size_t n)
{
	const struct driver *best = NULL;
	int most = SHARE_MIN - 1;

	for (size_t i = 0; i < ndrivers; i++) {
		int share;

		if (drivers[i].kind != DRIVER_PACKET ||
		    drivers[i].query != NULL || drivers[i].make_query != NULL)
			continue;
		share = share_of_packets(&drivers[i], baud, bytes, n);
		if (share > most) {
			most = share;
			best = &drivers[i];
		}
	}
	return best;
}

static void
ignore(void *arg, const unsigned char *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
}

static void
count_code(void *arg, const char *word, const unsigned char *data, size_t len)
{
	(void)word;
	(void)data;
	if (len > 0)
		((struct tally *)arg)->good++;
}

static void
ignore_words(void *arg, const char *words)
{
	(void)arg;
	(void)words;
}

static bool
is_ssi(const unsigned char *bytes, size_t n)
{
	struct tally tally = { 0 };
	const struct ssi_sink sink = { count_code, ignore, ignore,
		ignore_words, ignore, &tally };
	struct ssi ssi;

	ssi_init(&ssi, &sink);
	ssi_push(&ssi, bytes, n, 0);
	return tally.good > 0 && ssi.damaged == 0;
}

bool
guess(long baud, const unsigned char *bytes, size_t n, struct guess *out)
{
	struct tally tally = { 0 };
	struct frame frame;

	*out = (struct guess){ .baud = baud };
	if (n == 0)
		return false;
	out->role = ROLE_THERMOMETER;
	out->driver = guess_packets(baud, bytes, n);
	if (out->driver != NULL)
		return true;
	if (is_ssi(bytes, n)) {
		out->role = ROLE_SCANNER;
		out->driver = driver_find(ROLE_SCANNER, "ssi");
		return true;
	}
	frame_init(&frame, END_AUTO, 100);
	frame_push(&frame, bytes, n, 0, count_text, &tally);
	frame_tick(&frame, 100, count_text, &tally);
	/* At a wrong line speed, text is neither clean nor UTF-8. */
	if (tally.texts == 0 || tally.binary ||
	    !utf8_valid((const char *)bytes, n))
		return false;
	if (tally.numbers * 2 > tally.texts)
		out->driver = driver_find(ROLE_THERMOMETER, "ascii");
	else {
		out->role = ROLE_SCANNER;
		out->driver = driver_find(ROLE_SCANNER,
		    tally.rows >= 2 ? "mrz" : "line");
	}
	return true;
}

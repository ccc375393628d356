/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recognise - which relay board is at a port, by what it answers when it is
 * asked for its state.
 *
 * A question switches nothing, not on the boards of others either: none has
 * A0, AA, BB or CC in it, which begin the frames of lcus and are those of
 * hw667. (Eight coils at once would end in CC.) A board that is mute cannot be
 * recognised: whoever hears it click has to say so.
 */
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 300
#define HEARD_MAX 64 /* bytes: more is some other talkative device */

static const struct question {
	size_t n;
	unsigned char bytes[8];
} questions[] = {
	{ 8, { 0x01, 0x01, 0, 0, 0, 0x01, 0xFD, 0xCA } }, /* modbus: a coil */
	{ 3, { 0xFF, 0x01, 0x03 } }, /* kmtronic, 1 and 2; lcus, 2 and more */
	{ 3, { 0xFF, 0x09, 0x00 } }, /* kmtronic, 4 and 8 */
};

/* Address 1, one byte of coils. */
static bool
is_modbus(const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i + 6 <= n; i++) {
		unsigned crc = board_crc16(bytes + i, 4);

		if (bytes[i] == 1 && bytes[i + 1] == 1 && bytes[i + 2] == 1 &&
		    bytes[i + 4] == (crc & 0xFF) && bytes[i + 5] == crc >> 8)
			return true;
	}
	return false;
}

static bool
is_kmtronic(const unsigned char *bytes, size_t n)
{
	if (n == 3)
		return bytes[0] == 0xFF && bytes[1] == 1 && bytes[2] <= 1;
	if (n != 4 && n != 8)
		return false;
	for (size_t i = 0; i < n; i++)
		if (bytes[i] > 1)
			return false;
	return true;
}

static bool
is_lcus(const unsigned char *bytes, size_t n)
{
	static const char *const words[] = { "CH1: ON", "CH1: OFF", "CH1:ON",
		"CH1:OFF" };

	for (size_t i = 0; i < nitems(words); i++)
		if (memmem(bytes, n, words[i], strlen(words[i])) != NULL)
			return true;
	return false;
}

static const struct {
	const char *protocol;
	bool (*is)(const unsigned char *bytes, size_t n);
} answers[] = {
	{ "modbus", is_modbus }, { "kmtronic", is_kmtronic },
	{ "lcus", is_lcus },
};

size_t
recognise_question(size_t i, unsigned char out[RECOGNISE_MAX])
{
	if (i >= nitems(questions))
		return 0;
	memcpy(out, questions[i].bytes, questions[i].n);
	return questions[i].n;
}

const char *
recognise_answer(const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < nitems(answers); i++)
		if (answers[i].is(bytes, n))
			return answers[i].protocol;
	return NULL;
}

/* What comes until it is silent again. */
static size_t
hear(int fd, unsigned char bytes[HEARD_MAX])
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	while (n < HEARD_MAX && poll(&wait, 1, WAIT_MS) > 0) {
		ssize_t got = read(fd, bytes + n, HEARD_MAX - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

const char *
actuator_recognise(const char *path, struct err *err)
{
	struct device device = { .transport = TRANSPORT_SERIAL };
	unsigned char bytes[HEARD_MAX];
	const char *protocol = NULL;
	struct reader_port port;
	size_t n;

	if (strlen(path) >= sizeof(device.path)) {
		err_set(err, ERR_INPUT, "%s", N_("Too long for a device."));
		return NULL;
	}
	strcpy(device.path, path);
	if (reader_port_open(&device, 9600, &port, err) < 0)
		return NULL;
	/* What speaks unasked is no board, and is asked nothing. */
	if (hear(port.fd, bytes) == 0)
		for (size_t i = 0; protocol == NULL &&
		    (n = recognise_question(i, bytes)) > 0; i++) {
			if (write(port.fd, bytes, n) != (ssize_t)n) {
				err_set(err, ERR_RETRY, "%s: %s", path,
				    strerror(errno));
				break;
			}
			n = hear(port.fd, bytes);
			protocol = recognise_answer(bytes, n);
		}
	reader_port_close(&port);
	return protocol;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * testpaper - a receipt printer that is not there: takes ESC/POS and draws
 * what it would print. For the tests and for `chot demo`.
 *
 * Bytes that are no command it knows, outside of text, are told as noise, so
 * that a test sees them. It knows no more commands than escpos.c sends.
 */
#include "parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CELL_WIDTH 12 /* font A */
#define CELL_HEIGHT 30

struct testpaper {
	struct testpaper_calls calls;
	struct raster paper;
	size_t width;
	bool low, out, open, offline, mute, deaf;
	unsigned char head[16]; /* the command that has begun */
	size_t n;
	size_t left, row, column, stride; /* of a picture that arrives */
	int size, page;
	bool centre;
	uint32_t line[128];     /* of the text line: codes */
	size_t count;
};

static void
say(const struct testpaper *m, const char *format, ...)
{
	char line[80];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	m->calls.say(m->calls.arg, line);
}

/* ---- text ---------------------------------------------------------------------- */

static uint32_t
letter_of(const struct testpaper *m, unsigned char byte)
{
	if (byte < 0x80)
		return byte;
	for (uint32_t code = 0xC0; code < 0x1F00; code++) {
		unsigned char found;
		int page;

		if (code > 0x1FF && code < 0x1E00)
			continue;
		if (tcvn_byte(code, &found, &page) && page == m->page &&
		    found == byte)
			return code;
	}
	return 0xFFFD;
}

static void
end_line(struct testpaper *m)
{
	size_t width = (size_t)(CELL_WIDTH * m->size), x = 0;
	long y = raster_extend(&m->paper, (size_t)(CELL_HEIGHT * m->size));

	if (m->centre && m->count * width < m->paper.dots)
		x = (m->paper.dots - m->count * width) / 2;
	for (size_t i = 0; y >= 0 && i < m->count; i++)
		raster_glyph(&m->paper, m->line[i], x + i * width, (size_t)y,
		    m->size);
	m->count = 0;
}

/* ---- commands ------------------------------------------------------------------ */

static void
answer(struct testpaper *m, unsigned char byte)
{
	if (!m->mute)
		m->calls.send(m->calls.arg, &byte, 1);
}

static void
answer_status(struct testpaper *m, int question)
{
	unsigned char byte = 0x12;

	if (question == 1 && (m->out || m->open || m->offline))
		byte |= 0x08;
	if (question == 2)
		byte |= (unsigned char)((m->open ? 0x04 : 0) |
		    (m->out ? 0x20 : 0));
	if (question == 4)
		byte |= (unsigned char)((m->low ? 0x0C : 0) |
		    (m->out ? 0x60 : 0));
	answer(m, byte);
}

static void
reset(struct testpaper *m)
{
	m->size = 1;
	m->page = 0;
	m->centre = false;
	m->count = 0;
}

static void
begin_picture(struct testpaper *m)
{
	size_t rows = (size_t)m->head[6] + 256u * m->head[7];

	m->stride = (size_t)m->head[4] + 256u * m->head[5];
	m->left = m->stride * rows;
	m->column = 0;
	m->row = (size_t)raster_extend(&m->paper, rows);
	if (rows > 128)
		say(m, "noise band of %zu rows", rows);
}

static void
take_dots(struct testpaper *m, unsigned char byte)
{
	for (size_t bit = 0; bit < 8; bit++)
		if (byte & 0x80 >> bit)
			raster_dot(&m->paper, m->column * 8 + bit, m->row);
	if (++m->column == m->stride) {
		m->column = 0;
		m->row++;
	}
	m->left--;
}

static void
feed(struct testpaper *m)
{
	raster_extend(&m->paper, (size_t)m->head[2] * CELL_HEIGHT);
}

static void
cut(struct testpaper *m)
{
	say(m, "cut %zu", m->paper.rows);
}

static void
align(struct testpaper *m)
{
	m->centre = m->head[2] == 1;
}

static void
set_size(struct testpaper *m)
{
	m->size = m->head[2] == 0x11 ? 2 : 1;
}

static void
set_page(struct testpaper *m)
{
	m->page = m->head[2];
}

static void
ask(struct testpaper *m)
{
	answer_status(m, m->head[2]);
}

static void
ask_in_turn(struct testpaper *m)
{
	if (!m->deaf)
		answer(m, (unsigned char)(m->low ? 0x03 : 0));
}

static const struct {
	unsigned char start[2];
	size_t length;
	void (*run)(struct testpaper *m);
} commands[] = {
	{ { 0x1B, '@' }, 2, reset }, { { 0x1B, 'a' }, 3, align },
	{ { 0x1B, 'd' }, 3, feed }, { { 0x1B, 't' }, 3, set_page },
	{ { 0x1D, '!' }, 3, set_size }, { { 0x1D, 'V' }, 4, cut },
	{ { 0x1D, 'v' }, 8, begin_picture }, { { 0x1D, 'r' }, 3, ask_in_turn },
	{ { 0x10, 0x04 }, 3, ask },
};

static void
take_command(struct testpaper *m)
{
	if (m->n < 2)
		return;
	for (size_t i = 0; i < nitems(commands); i++) {
		if (memcmp(m->head, commands[i].start, 2) != 0)
			continue;
		if (m->n == commands[i].length) {
			m->n = 0;
			commands[i].run(m);
		}
		return;
	}
	say(m, "noise %02X %02X", m->head[0], m->head[1]);
	m->n = 0;
}

static void
take(struct testpaper *m, unsigned char byte)
{
	if (m->left > 0) {
		take_dots(m, byte);
	} else if (m->n > 0 || byte == 0x1B || byte == 0x1D || byte == 0x10) {
		m->head[m->n++] = byte;
		take_command(m);
	} else if (byte == '\n') {
		end_line(m);
	} else if (byte >= ' ' && m->count < nitems(m->line)) {
		m->line[m->count++] = letter_of(m, byte);
	} else if (byte != 0) {
		say(m, "noise %02X", byte);
	}
}

void
testpaper_bytes(struct testpaper *m, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		take(m, bytes[i]);
}

struct testpaper *
testpaper_new(size_t dots, const struct testpaper_calls *calls)
{
	struct testpaper *m = calloc(1, sizeof(*m));

	if (m == NULL)
		mem_none();
	m->calls = *calls;
	m->width = dots;
	raster_init(&m->paper, dots);
	reset(m);
	return m;
}

void
testpaper_free(struct testpaper *m)
{
	if (m == NULL)
		return;
	raster_free(&m->paper);
	free(m);
}

bool
testpaper_command(struct testpaper *m, const char *line)
{
	if (strcmp(line, "new") == 0) {
		raster_free(&m->paper);
		raster_init(&m->paper, m->width);
		reset(m);
		return true;
	}
	if (strncmp(line, "paper ", 6) == 0) {
		m->low = strcmp(line + 6, "low") == 0;
		m->out = strcmp(line + 6, "out") == 0;
		return true;
	}
	if (strncmp(line, "cover ", 6) == 0) {
		m->open = strcmp(line + 6, "open") == 0;
		return true;
	}
	if (strcmp(line, "offline") == 0 || strcmp(line, "online") == 0) {
		m->offline = line[1] == 'f';
		return true;
	}
	m->mute = strcmp(line, "mute") == 0;
	m->deaf = strcmp(line, "deaf") == 0;
	return m->mute || m->deaf || strcmp(line, "speak") == 0;
}

/* ---- the picture ------------------------------------------------------------------ */

static void
put32(unsigned char *out, size_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void
chunk(FILE *file, const char *name, const unsigned char *data, size_t n)
{
	unsigned char head[8], tail[4];
	uLong sum;

	put32(head, n);
	memcpy(head + 4, name, 4);
	sum = crc32(crc32(0, head + 4, 4), data, (uInt)n);
	put32(tail, sum);
	fwrite(head, sizeof(head), 1, file);
	if (n > 0)
		fwrite(data, n, 1, file);
	fwrite(tail, sizeof(tail), 1, file);
}

/* One bit a dot; PNG has black as 0, and a byte before each row. */
static void
write_png(FILE *file, const struct raster *paper)
{
	size_t row = paper->stride + 1, n = row * paper->rows;
	uLongf packed_len = compressBound((uLong)n);
	unsigned char *rows = malloc(n + 1), *packed = malloc(packed_len);
	unsigned char head[13] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	if (rows == NULL || packed == NULL)
		mem_none();
	for (size_t y = 0; y < paper->rows; y++) {
		rows[y * row] = 0;
		for (size_t x = 0; x < paper->stride; x++)
			rows[y * row + 1 + x] = (unsigned char)
			    ~paper->bits[y * paper->stride + x];
	}
	put32(head, paper->dots);
	put32(head + 4, paper->rows);
	compress(packed, &packed_len, rows, (uLong)n);
	fwrite("\x89PNG\r\n\x1a\n", 8, 1, file);
	chunk(file, "IHDR", head, sizeof(head));
	chunk(file, "IDAT", packed, packed_len);
	chunk(file, "IEND", NULL, 0);
	free(rows);
	free(packed);
}

int
testpaper_save(const struct testpaper *m, const char *path, struct err *err)
{
	const char *dot = strrchr(path, '.');
	FILE *file = fopen(path, "we");
	bool bad;

	if (file == NULL)
		return err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	if (dot != NULL && strcmp(dot, ".png") == 0 && m->paper.rows > 0) {
		write_png(file, &m->paper);
	} else {
		fprintf(file, "P4\n%zu %zu\n", m->paper.dots, m->paper.rows);
		fwrite(m->paper.bits, m->paper.stride, m->paper.rows, file);
	}
	bad = ferror(file) != 0;
	if (fclose(file) != 0 || bad)
		return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
	return 0;
}

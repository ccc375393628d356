/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slipprinter - an ESC/POS printer behind a pseudo terminal, or of a file,
 * that draws what it would print.
 *
 * usage: slipprinter LINK DOTS PICTURE.pbm
 *        slipprinter - DOTS PICTURE.pbm <BYTES
 *
 * The paper is written as PBM by the command "save"; of BYTES, at their end.
 * Commands besides open, close, stall, go: "paper ok|low|out", "cover open|shut",
 * "mute", "speak" (answers), "deaf" (answers DLE EOT but not GS r), "new"
 * (fresh paper). Each cut is a line "cut ROWS"; bytes that are no command it
 * knows, outside of text, are "noise HEX".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/actuator/parts.h"
#include "emulator.h"

#define CELL_WIDTH 12 /* font A */
#define CELL_HEIGHT 30

struct machine {
	struct emulator emulator;
	struct raster paper;
	const char *picture;
	size_t width;
	bool low, out, open, mute, deaf;
	unsigned char head[16]; /* the command that has begun */
	size_t n;
	size_t left, row, column, stride; /* of a picture that arrives */
	int size, page;
	bool centre;
	uint32_t line[128];     /* of the text line: codes */
	size_t count;
};

/* ---- text ---------------------------------------------------------------------- */

static uint32_t
letter_of(const struct machine *m, unsigned char byte)
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
end_line(struct machine *m)
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
answer(struct machine *m, unsigned char byte)
{
	if (!m->mute)
		emulator_send(&m->emulator, &byte, 1);
}

static void
answer_status(struct machine *m, int question)
{
	unsigned char byte = 0x12;

	if (question == 1 && (m->out || m->open))
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
reset(struct machine *m)
{
	m->size = 1;
	m->page = 0;
	m->centre = false;
	m->count = 0;
}

static void
begin_picture(struct machine *m)
{
	size_t rows = (size_t)m->head[6] + 256u * m->head[7];

	m->stride = (size_t)m->head[4] + 256u * m->head[5];
	m->left = m->stride * rows;
	m->column = 0;
	m->row = (size_t)raster_extend(&m->paper, rows);
	if (rows > 128)
		printf("noise band of %zu rows\n", rows);
}

static void
take_dots(struct machine *m, unsigned char byte)
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
feed(struct machine *m)
{
	raster_extend(&m->paper, (size_t)m->head[2] * CELL_HEIGHT);
}

static void
cut(struct machine *m)
{
	printf("cut %zu\n", m->paper.rows);
}

static void
align(struct machine *m)
{
	m->centre = m->head[2] == 1;
}

static void
set_size(struct machine *m)
{
	m->size = m->head[2] == 0x11 ? 2 : 1;
}

static void
set_page(struct machine *m)
{
	m->page = m->head[2];
}

static void
ask(struct machine *m)
{
	answer_status(m, m->head[2]);
}

static void
ask_in_turn(struct machine *m)
{
	if (!m->deaf)
		answer(m, (unsigned char)(m->low ? 0x03 : 0));
}

static const struct {
	unsigned char start[2];
	size_t length;
	void (*run)(struct machine *m);
} commands[] = {
	{ { 0x1B, '@' }, 2, reset }, { { 0x1B, 'a' }, 3, align },
	{ { 0x1B, 'd' }, 3, feed }, { { 0x1B, 't' }, 3, set_page },
	{ { 0x1D, '!' }, 3, set_size }, { { 0x1D, 'V' }, 4, cut },
	{ { 0x1D, 'v' }, 8, begin_picture }, { { 0x1D, 'r' }, 3, ask_in_turn },
	{ { 0x10, 0x04 }, 3, ask },
};

static void
take_command(struct machine *m)
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
	printf("noise %02X %02X\n", m->head[0], m->head[1]);
	m->n = 0;
}

static void
take(struct machine *m, unsigned char byte)
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
		printf("noise %02X\n", byte);
	}
}

static void
on_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		take(arg, bytes[i]);
}

/* ---- the picture ------------------------------------------------------------------ */

static bool
save(const struct machine *m)
{
	FILE *file = fopen(m->picture, "w");

	if (file == NULL)
		return false;
	fprintf(file, "P4\n%zu %zu\n", m->paper.dots, m->paper.rows);
	fwrite(m->paper.bits, m->paper.stride, m->paper.rows, file);
	return fclose(file) == 0;
}

static bool
on_command(void *arg, const char *line)
{
	struct machine *m = arg;

	if (strcmp(line, "save") == 0)
		return save(m);
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
	m->mute = strcmp(line, "mute") == 0;
	m->deaf = strcmp(line, "deaf") == 0;
	return m->mute || m->deaf || strcmp(line, "speak") == 0;
}

int
main(int argc, char **argv)
{
	struct machine m = { .emulator = { .bytes = on_bytes,
		.command = on_command, .arg = &m } };
	long dots = argc == 4 ? atol(argv[2]) : 0;
	unsigned char bytes[4096];
	ssize_t n;
	int done = 0;

	if (dots < 8 || dots % 8 != 0) {
		fprintf(stderr,
		    "usage: slipprinter LINK|- DOTS PICTURE.pbm\n");
		return 64;
	}
	m.picture = argv[3];
	m.emulator.link = argv[1];
	raster_init(&m.paper, (size_t)dots);
	m.width = (size_t)dots;
	reset(&m);
	if (strcmp(argv[1], "-") == 0) {
		m.mute = true;
		while ((n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
			on_bytes(&m, bytes, (size_t)n);
		done = save(&m) ? 0 : 74;
	} else {
		done = emulator_run(&m.emulator);
	}
	raster_free(&m.paper);
	return done;
}

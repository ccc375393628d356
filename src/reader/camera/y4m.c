/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * y4m - cuts YUV4MPEG2 video into grey frames, however the bytes arrive.
 *
 * Only the luma plane is kept. Lines and sizes are bounded; formats of more
 * than 8 bits are refused, since half of their bytes would be noise.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum layout { LAYOUT_MONO, LAYOUT_420, LAYOUT_411, LAYOUT_422, LAYOUT_444,
	LAYOUT_444A };

static const char magic[] = "YUV4MPEG2 ";

static const struct {
	const char *name;
	enum layout layout;
} layouts[] = {
	{ "420", LAYOUT_420 },
	{ "420jpeg", LAYOUT_420 },
	{ "420mpeg2", LAYOUT_420 },
	{ "420paldv", LAYOUT_420 },
	{ "411", LAYOUT_411 },
	{ "422", LAYOUT_422 },
	{ "444", LAYOUT_444 },
	{ "444alpha", LAYOUT_444A },
	{ "mono", LAYOUT_MONO },
};

static size_t
chroma_bytes(enum layout layout, size_t width, size_t height)
{
	switch (layout) {
	case LAYOUT_MONO:
		return 0;
	case LAYOUT_420:
		return 2 * ((width + 1) / 2) * ((height + 1) / 2);
	case LAYOUT_411:
		return 2 * ((width + 3) / 4) * height;
	case LAYOUT_422:
		return 2 * ((width + 1) / 2) * height;
	case LAYOUT_444:
		return 2 * width * height;
	case LAYOUT_444A:
		return 3 * width * height;
	}
	return 0;
}

/* Digits alone, 1 to max; -1 for anything else. */
static long
number(const char *text, char end, long max)
{
	char *rest;
	long value;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	value = strtol(text, &rest, 10);
	return *rest != end || value < 1 || value > max ? -1 : value;
}

static void
read_rate(struct y4m *y4m, const char *word)
{
	const char *colon = strchr(word, ':');
	long rate = number(word, ':', 1000000);
	long scale = colon != NULL ? number(colon + 1, '\0', 1000000) : -1;

	/* 0:0 says unknown: leave what y4m_init() took. */
	if (rate > 0 && scale > 0) {
		y4m->rate = rate;
		y4m->scale = scale;
	}
}

static int
read_header(struct y4m *y4m, struct err *err)
{
	enum layout layout = LAYOUT_420;
	long width = -1, height = -1;
	char *rest = NULL;
	char *word = strtok_r(y4m->line, " ", &rest);

	if (word == NULL || strcmp(word, "YUV4MPEG2") != 0)
		return err_set(err, ERR_INPUT, "not a YUV4MPEG2 stream");
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		size_t i;

		if (word[0] == 'W')
			width = number(word + 1, '\0', GREY_SIDE_MAX);
		else if (word[0] == 'H')
			height = number(word + 1, '\0', GREY_SIDE_MAX);
		else if (word[0] == 'F')
			read_rate(y4m, word + 1);
		if (word[0] != 'C')
			continue;
		for (i = 0; i < nitems(layouts); i++)
			if (strcmp(word + 1, layouts[i].name) == 0)
				break;
		if (i == nitems(layouts))
			return err_set(err, ERR_INPUT,
			    "unknown colour format in the Y4M header");
		layout = layouts[i].layout;
	}
	if (width < 1 || height < 1)
		return err_set(err, ERR_INPUT, "Y4M header without a size");
	if (width * height > Y4M_PIXELS_MAX)
		return err_set(err, ERR_INPUT,
		    "frames of %ld x %ld are refused", width, height);
	y4m->chroma = chroma_bytes(layout, (size_t)width, (size_t)height);
	grey_free(y4m->frame);
	y4m->frame = grey_new((int)width, (int)height, err);
	return y4m->frame == NULL ? -1 : 0;
}

static int
read_mark(struct y4m *y4m, struct err *err)
{
	if (strncmp(y4m->line, "FRAME", 5) != 0 ||
	    (y4m->line[5] != '\0' && y4m->line[5] != ' '))
		return err_set(err, ERR_INPUT, "Y4M frame mark missing");
	return 0;
}

/* Take bytes up to the line's end. 1 when the line is whole, 0, or -1. */
static int
push_line(struct y4m *y4m, const unsigned char **bytes, size_t *n,
    struct err *err)
{
	while (*n > 0) {
		unsigned char c = **bytes;

		++*bytes;
		--*n;
		if (c == '\n') {
			y4m->line[y4m->line_len] = '\0';
			y4m->line_len = 0;
			return 1;
		}
		if (c == '\0' || y4m->line_len == Y4M_LINE_MAX)
			return err_set(err, ERR_INPUT, "damaged Y4M header");
		y4m->line[y4m->line_len++] = (char)c;
	}
	return 0;
}

/* After damage: on to the next header, wherever it stands. */
static void
seek_header(struct y4m *y4m, const unsigned char **bytes, size_t *n)
{
	while (*n > 0) {
		char c = (char)**bytes;

		++*bytes;
		--*n;
		/* No letter of the magic but its first is a Y. */
		if (c != magic[y4m->line_len])
			y4m->line_len = 0;
		if (c == magic[y4m->line_len])
			y4m->line[y4m->line_len++] = c;
		if (magic[y4m->line_len] == '\0') {
			y4m->state = Y4M_HEADER;
			return;
		}
	}
}

/* Take bytes of a plane of size bytes. True when it is whole. */
static bool
push_plane(struct y4m *y4m, unsigned char *into, size_t size,
    const unsigned char **bytes, size_t *n)
{
	size_t take = size - y4m->got < *n ? size - y4m->got : *n;

	if (into != NULL)
		memcpy(into + y4m->got, *bytes, take);
	*bytes += take;
	*n -= take;
	y4m->got += take;
	if (y4m->got < size)
		return false;
	y4m->got = 0;
	return true;
}

static void
finish_frame(struct y4m *y4m, frame_fn fn, void *arg)
{
	int64_t at_ms = y4m->frames * 1000 * y4m->scale / y4m->rate;

	y4m->frames++;
	y4m->state = Y4M_MARK;
	fn(arg, y4m->frame, at_ms);
}

void
y4m_init(struct y4m *y4m)
{
	*y4m = (struct y4m){ .state = Y4M_HEADER, .rate = 25, .scale = 1 };
}

void
y4m_clear(struct y4m *y4m)
{
	grey_free(y4m->frame);
	y4m_init(y4m);
}

bool
y4m_whole(const struct y4m *y4m)
{
	return y4m->state == Y4M_LOST || (y4m->line_len == 0 &&
	    (y4m->state == Y4M_HEADER || y4m->state == Y4M_MARK));
}

/* One step of the state machine. -1 on damage. */
static int
step(struct y4m *y4m, const unsigned char **bytes, size_t *n, frame_fn fn,
    void *arg, struct err *err)
{
	int line;

	switch (y4m->state) {
	case Y4M_LOST:
		seek_header(y4m, bytes, n);
		return 0;
	case Y4M_HEADER:
	case Y4M_MARK:
		line = push_line(y4m, bytes, n, err);
		if (line < 1)
			return line;
		/* A header in mid-stream: the next writer, or a new size. */
		if (y4m->state == Y4M_HEADER ||
		    strncmp(y4m->line, magic, sizeof(magic) - 1) == 0) {
			y4m->state = Y4M_MARK;
			return read_header(y4m, err);
		}
		y4m->state = Y4M_LUMA;
		return read_mark(y4m, err);
	case Y4M_LUMA:
		if (!push_plane(y4m, y4m->frame->pixels,
		    (size_t)y4m->frame->width * (size_t)y4m->frame->height,
		    bytes, n))
			return 0;
		y4m->state = Y4M_CHROMA;
		if (y4m->chroma == 0)
			finish_frame(y4m, fn, arg);
		return 0;
	case Y4M_CHROMA:
		if (push_plane(y4m, NULL, y4m->chroma, bytes, n))
			finish_frame(y4m, fn, arg);
		return 0;
	}
	return 0;
}

int
y4m_push(struct y4m *y4m, const unsigned char **bytes, size_t *n, frame_fn fn,
    void *arg, struct err *err)
{
	while (*n > 0)
		if (step(y4m, bytes, n, fn, arg, err) != 0) {
			y4m_clear(y4m);
			y4m->state = Y4M_LOST;
			return -1;
		}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout - a slip to lines that fit the paper, and to one picture.
 *
 * The order of a slip is one function, whoever sets it: as dots here, as
 * characters in tcvn.c.
 */
#include "parts.h"

#include <string.h>

#define LINE_GAP 2       /* dots between lines */
#define QR_QUIET 4       /* modules around a code */
#define MODULE_MIN 3     /* dots; smaller is not read */
#define MODULE_MAX 8

/* ---- lines --------------------------------------------------------------------- */

/* The end of what fits into columns from text on, at a space where there is
 * one; *next is where the line after it begins. */
static size_t
fit(const char *text, size_t n, size_t columns, size_t *next)
{
	size_t at = 0, taken = 0, space = 0;

	while (at < n && taken < columns) {
		if (text[at] == ' ')
			space = at;
		utf8_next(text, n, &at);
		taken++;
	}
	if (at < n && text[at] == ' ')
		space = at;
	if (at >= n || space == 0) {
		*next = at;
		return at;
	}
	*next = space + 1;
	return space;
}

static size_t
count_lines(const char *text, size_t n, size_t columns)
{
	size_t lines = 0, next;

	for (; n > 0; text += next, n -= next, lines++)
		fit(text, n, columns, &next);
	return lines;
}

/* As few columns as give no more lines: lines of about one length. */
static size_t
balance(const char *text, size_t n, size_t columns)
{
	size_t lines = count_lines(text, n, columns);

	while (columns > 1 && count_lines(text, n, columns - 1) == lines)
		columns--;
	return columns;
}

static int
set_text(const struct setter *setter, const char *text, int scale,
    enum align align, struct err *err)
{
	size_t columns = setter->columns * 2 / (size_t)scale;
	size_t n = strlen(text), next;

	if (align == ALIGN_CENTRE)
		columns = balance(text, n, columns);

	for (; n > 0; text += next, n -= next) {
		size_t length = fit(text, n, columns, &next);

		if (setter->text(setter->arg, text, length, scale, align,
		    err) < 0)
			return -1;
	}
	return 0;
}

/* "label  value" on one line where it fits, else the value below. */
static int
set_row(const struct setter *setter, const struct slip_row *row,
    struct err *err)
{
	int label = text_columns(row->label), value = text_columns(row->value);
	char line[sizeof(*row) + 64];

	if (label + value + 1 > (int)setter->columns ||
	    setter->columns > sizeof(line) - sizeof(*row))
		return set_text(setter, row->label, 2, ALIGN_LEFT, err) < 0 ||
		    set_text(setter, row->value, 2, ALIGN_LEFT, err) < 0 ?
		    -1 : 0;
	snprintf(line, sizeof(line), "%s%*s%s", row->label,
	    (int)setter->columns - label - value, "", row->value);
	return set_text(setter, line, 2, ALIGN_LEFT, err);
}

static int
set_code(const struct slip *slip, const struct setter *setter,
    struct err *err)
{
	struct qr qr;
	int done;

	if (slip->token[0] == '\0')
		return 0;
	if (qr_make(slip->token, strlen(slip->token), &qr, err) < 0)
		return -1;
	done = setter->code(setter->arg, &qr, err);
	qr_free(&qr);
	return done;
}

int
layout_slip(const struct slip *slip, const struct setter *setter,
    struct err *err)
{
	const struct setter *s = setter;

	if (set_text(s, slip->title, 2, ALIGN_CENTRE, err) < 0 ||
	    set_text(s, slip->station, 2, ALIGN_CENTRE, err) < 0 ||
	    set_text(s, slip->time, 2, ALIGN_CENTRE, err) < 0 ||
	    (slip->again && set_text(s, _("Printed again"), 2, ALIGN_CENTRE,
	    err) < 0) || s->rule(s->arg, err) < 0)
		return -1;
	if (slip->verdict[0] != '\0' && (s->gap(s->arg, err) < 0 ||
	    set_text(s, slip->verdict, 4, ALIGN_CENTRE, err) < 0 ||
	    s->rule(s->arg, err) < 0))
		return -1;
	if (set_text(s, slip->public, 2, ALIGN_LEFT, err) < 0)
		return -1;
	for (size_t i = 0; i < slip->nrows; i++)
		if (set_row(s, &slip->rows[i], err) < 0)
			return -1;
	if (set_text(s, slip->advice, 2, ALIGN_LEFT, err) < 0)
		return -1;
	if (slip->id[0] != '\0' && (s->gap(s->arg, err) < 0 ||
	    set_text(s, slip->id, 2, ALIGN_CENTRE, err) < 0))
		return -1;
	return set_code(slip, s, err) < 0 ? -1 :
	    set_text(s, slip->serial, 2, ALIGN_CENTRE, err);
}

/* ---- as dots ---------------------------------------------------------------------- */

static int
too_long(struct err *err)
{
	return err_set(err, ERR_INPUT, N_("the slip is too long"));
}

static int
raster_text(void *arg, const char *line, size_t n, int scale,
    enum align align, struct err *err)
{
	struct raster *raster = arg;
	size_t width = GLYPH_WIDTH * (size_t)scale, x = 0, at = 0, count = 0;
	long y = raster_extend(raster, GLYPH_HEIGHT * (size_t)scale + LINE_GAP);

	if (y < 0)
		return too_long(err);
	for (; at < n; count++)
		utf8_next(line, n, &at);
	if (align == ALIGN_CENTRE && count * width < raster->dots)
		x = (raster->dots - count * width) / 2;
	for (at = 0; at < n; x += width)
		raster_glyph(raster, utf8_next(line, n, &at), x, (size_t)y,
		    scale);
	return 0;
}

static int
raster_rule(void *arg, struct err *err)
{
	struct raster *raster = arg;
	long y = raster_extend(raster, 12);

	if (y < 0)
		return too_long(err);
	for (size_t x = 0; x < raster->dots; x++) {
		raster_dot(raster, x, (size_t)y + 5);
		raster_dot(raster, x, (size_t)y + 6);
	}
	return 0;
}

static int
raster_gap(void *arg, struct err *err)
{
	return raster_extend(arg, 12) < 0 ? too_long(err) : 0;
}

static int
raster_code(void *arg, const struct qr *qr, struct err *err)
{
	struct raster *raster = arg;
	size_t modules = qr->width + 2 * QR_QUIET;
	size_t module = raster->dots / modules, left;
	long y;

	if (module > MODULE_MAX)
		module = MODULE_MAX;
	if (module < MODULE_MIN)
		return err_set(err, ERR_INPUT,
		    N_("the token is too long for this paper"));
	y = raster_extend(raster, modules * module);
	if (y < 0)
		return too_long(err);
	left = (raster->dots - qr->width * module) / 2;
	for (size_t i = 0; i < qr->width * module; i++)
		for (size_t k = 0; k < qr->width * module; k++)
			if (qr->modules[i / module * qr->width + k / module])
				raster_dot(raster, left + k, (size_t)y +
				    QR_QUIET * module + i);
	return 0;
}

int
layout_raster(const struct slip *slip, size_t dots, struct raster *raster,
    struct err *err)
{
	const struct setter setter = { dots / (2 * GLYPH_WIDTH), raster_text,
		raster_rule, raster_code, raster_gap, raster };

	raster_init(raster, dots);
	if (layout_slip(slip, &setter, err) == 0)
		return 0;
	raster_free(raster);
	return -1;
}

int
layout_code(const struct qr *qr, size_t dots, struct raster *raster,
    struct err *err)
{
	raster_init(raster, dots);
	if (raster_code(raster, qr, err) == 0)
		return 0;
	raster_free(raster);
	return -1;
}

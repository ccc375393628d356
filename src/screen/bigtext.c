/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bigtext - words that are read from four metres, in filled cells.
 *
 * A line of text needs ten rows: seven for the capital and three for the
 * marks above and below together. Where there is more room, the letters
 * grow; where marks need it, they move closer to the letter.
 */
#include "parts.h"

#include <string.h>

#define GAP 2        /* columns between letters */
#define SPACE 5      /* columns of a space, gaps included */
#define BESIDE 7     /* where a second mark begins, right of the first */
#define ABOVE_MAX 3
#define BELOW_MAX 2
#define BITS_ROWS (ABOVE_MAX + BIG_LETTER_ROWS + BELOW_MAX)

struct bitmap {
	int above; /* rows above the capital */
	int rows, cols;
	bool bits[BITS_ROWS][BIG_COLS_MAX];
};

/* What the marks of a word need. */
struct need {
	bool marks, horn, dot;
	int cols;
};

/* A letter's place within its advance. */
struct place {
	const struct glyph *glyph;
	struct marked marked;
	int left, width, advance; /* columns before the letter, of it, of all */
};

static const struct {
	int across, down, divisor; /* a cell becomes across/divisor columns */
} scales[] = { /* largest first; more than 3:2 would look stretched */
	{ 4, 2, 2 },
	{ 3, 2, 2 },
	{ 3, 1, 2 },
	{ 2, 1, 2 },
};

static bool
place_letter(uint32_t code, struct place *place)
{
	if (!glyph_marks(code, &place->marked))
		return false;
	place->glyph = glyph_find(place->marked.letter);
	if (place->glyph == NULL) { /* a space */
		*place = (struct place){ .advance = SPACE - 2 * GAP };
		return true;
	}
	place->width = (int)strlen(place->glyph->rows[0]);
	place->left = 0;
	place->advance = place->width;
	if (place->marked.shape == SHAPE_STROKE) {
		place->left = 1;
		place->advance++;
	} else if (place->marked.shape == SHAPE_HORN) {
		place->advance += 2;
	} else {
		const char *const *rows = tone_rows(place->marked.tone, false);
		int marks = rows != NULL ? (int)strlen(rows[0]) : 0;

		if (marks > place->width) { /* an I is thinner than a tilde */
			place->left = (marks - place->width) / 2;
			place->advance = marks;
		}
	}
	return true;
}

/* Two marks side by side reach beyond the letter, over the gap or, after the
 * last letter, into room of their own. */
static int
marks_end(const struct place *place)
{
	const char *const *shape, *const *tone;
	int end = place->advance, marks;

	if (place->glyph == NULL)
		return end;
	shape = shape_rows(place->marked.shape);
	tone = tone_rows(place->marked.tone, true);
	if (shape == NULL || tone == NULL)
		return end;
	marks = place->left + BESIDE + (int)strlen(tone[0]);
	return marks > end ? marks : end;
}

/* Returns false when a character cannot be drawn large. */
static bool
measure(const char *text, struct need *need)
{
	size_t n = strlen(text), at = 0;
	int col = 0;

	*need = (struct need){ .cols = 0 };
	while (at < n) {
		struct place place;

		if (!place_letter(utf8_next(text, n, &at), &place))
			return false;
		need->cols = col + marks_end(&place);
		col += place.advance + GAP;
		if (need->cols > BIG_COLS_MAX)
			return false;
		if (place.glyph == NULL)
			continue;
		need->horn |= place.marked.shape == SHAPE_HORN;
		need->dot |= place.marked.tone == TONE_DOT;
		need->marks |= shape_rows(place.marked.shape) != NULL ||
		    tone_rows(place.marked.tone, false) != NULL;
	}
	return need->cols > 0;
}

static void
plot(struct bitmap *map, int row, int col)
{
	int y = map->above + row;

	if (y >= 0 && y < map->rows && col >= 0 && col < BIG_COLS_MAX)
		map->bits[y][col] = true;
}

static void
stamp(struct bitmap *map, const char *const *rows, int nrows, int row, int col)
{
	for (int y = 0; y < nrows; y++)
		for (int x = 0; rows[y][x] != '\0'; x++)
			if (rows[y][x] == '#')
				plot(map, row + y, col + x);
}

/* Marks above: two rows that end `gap` rows over the letter. */
static void
stamp_marks(struct bitmap *map, const struct place *place, int col, int gap)
{
	const char *const *shape = shape_rows(place->marked.shape);
	const char *const *tone = tone_rows(place->marked.tone, shape != NULL);
	int row = -2 - gap;

	if (shape != NULL && tone != NULL) {
		stamp(map, shape, 2, row, col);
		stamp(map, tone, 2, row, col + BESIDE);
		return;
	}
	if (shape == NULL)
		shape = tone;
	if (shape != NULL)
		stamp(map, shape, 2, row,
		    col + (place->width - (int)strlen(shape[0])) / 2);
}

static void
stamp_letter(struct bitmap *map, const struct place *place, int col,
    int gap_above, int gap_below)
{
	int right;

	if (place->glyph == NULL)
		return;
	col += place->left;
	right = col + place->width;
	stamp(map, place->glyph->rows, BIG_LETTER_ROWS, 0, col);
	stamp_marks(map, place, col, gap_above);
	if (place->marked.shape == SHAPE_STROKE)
		for (int x = -1; x < 4; x++)
			plot(map, 3, col + x);
	if (place->marked.shape == SHAPE_HORN) {
		plot(map, -1, right + 1);
		plot(map, 0, right);
		plot(map, 0, right + 1);
		if (place->glyph->rows[0][place->width - 1] == ' ')
			plot(map, 1, right); /* reach the round letter */
	}
	if (place->marked.tone == TONE_DOT)
		for (int x = 0; x < 2; x++)
			plot(map, BIG_LETTER_ROWS + gap_below,
			    col + place->width / 2 - 1 + x);
}

/* Give the marks their free row where height allows it, the dot first. */
static void
paint(const char *text, const struct need *need, int height,
    struct bitmap *map)
{
	int above = need->marks ? 2 : need->horn ? 1 : 0;
	int below = need->dot ? 1 : 0;
	int gap_above = 0, gap_below = 0, col = 0;
	size_t n = strlen(text), at = 0;

	if (need->marks && above + BIG_LETTER_ROWS + below < height) {
		gap_above = 1;
		above++;
	}
	if (need->dot && above + BIG_LETTER_ROWS + below < height) {
		gap_below = 1;
		below++;
	}
	*map = (struct bitmap){ .above = above,
		.rows = above + BIG_LETTER_ROWS + below, .cols = need->cols };
	while (at < n) {
		struct place place;

		if (!place_letter(utf8_next(text, n, &at), &place))
			return;
		stamp_letter(map, &place, col, gap_above, gap_below);
		col += place.advance + GAP;
	}
}

int
bigtext_width(const char *text)
{
	struct need need;

	return measure(text, &need) ? need.cols : -1;
}

void
bigtext_draw(struct canvas *canvas, struct box box, uint32_t ink,
    enum style style, const char *text)
{
	struct need need;
	struct bitmap map;

	if (!measure(text, &need)) {
		canvas_centre(canvas, box.y + box.h / 2, box.x, box.w, style,
		    text);
		return;
	}
	for (size_t i = 0; i < nitems(scales); i++) {
		int across = scales[i].across, down = scales[i].down;
		int by = scales[i].divisor;
		int w = (need.cols * across + by - 1) / by, h, y0, x0;

		paint(text, &need, box.h / down, &map);
		h = map.rows * down;
		if (w > box.w || h > box.h)
			continue;
		y0 = box.y + (box.h - h) / 2;
		x0 = box.x + (box.w - w) / 2;
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++)
				if (map.bits[y / down][x * by / across])
					canvas_cell(canvas, y0 + y, x0 + x,
					    ink, style);
		return;
	}
	canvas_centre(canvas, box.y + box.h / 2, box.x, box.w, style, text);
}

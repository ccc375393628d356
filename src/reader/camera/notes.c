/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notes - remembers what each stage saw, for the person who asks why a code
 * is not read. Nothing is noted unless somebody asks.
 */
#include "stages.h"

#include <string.h>

static struct note *
take(struct notes *notes, enum note_kind kind)
{
	struct note *note;

	if (notes == NULL || notes->count == NOTES_MAX)
		return NULL;
	note = &notes->note[notes->count++];
	*note = (struct note){ .kind = kind, .pass = notes->pass };
	return note;
}

static void
put(const struct notes *notes, struct note *note, int i, float x, float y)
{
	note->x[i] = notes->scale * x + notes->x;
	note->y[i] = notes->scale * y + notes->y;
}

void
notes_pass(struct notes *notes, const char *pass, float scale, float x,
    float y)
{
	if (notes == NULL)
		return;
	notes->pass = pass;
	notes->scale = scale;
	notes->x = x;
	notes->y = y;
	take(notes, NOTE_PASS);
}

void
notes_finders(struct notes *notes, const struct finders *finders)
{
	for (size_t i = 0; notes != NULL && i < finders->count; i++) {
		const struct finder *f = &finders->finder[i];
		struct note *note = take(notes, NOTE_FINDER);

		if (note == NULL)
			return;
		put(notes, note, 0, f->x, f->y);
		note->number = (f->across + f->down) / 2 * notes->scale;
	}
}

void
notes_triple(struct notes *notes, const struct triple *triple)
{
	struct note *note = take(notes, NOTE_TRIPLE);

	if (note == NULL)
		return;
	put(notes, note, 0, triple->corner.x, triple->corner.y);
	put(notes, note, 1, triple->right.x, triple->right.y);
	put(notes, note, 2, triple->below.x, triple->below.y);
	note->number = triple->size;
}

void
notes_modules(struct notes *notes, const unsigned char *dark, int size,
    bool read)
{
	if (notes == NULL || (notes->read && !read))
		return;
	notes->read = read;
	notes->size = size;
	memcpy(notes->dark, dark, (size_t)size * (size_t)size);
}

void
notes_place(struct notes *notes, enum note_kind kind,
    const struct place *place, const struct symbol *symbol, float agreement)
{
	static const float corner[4][2] = {
		{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 },
	};
	struct note *note = take(notes, kind);

	if (note == NULL)
		return;
	note->version = symbol->version;
	note->number = agreement;
	for (int i = 0; i < 4; i++) {
		float x, y;

		place_point(place, corner[i][0] * (float)symbol->size,
		    corner[i][1] * (float)symbol->size, &x, &y);
		put(notes, note, i, x, y);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * samples - views as a station would fill them, for looking at and for the
 * golden screens in tests/screens/.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "screen.h"

#define SET(field, text) snprintf(field, sizeof(field), "%s", text)

/* The text in the view's language. */
static inline const char *
say(const struct view *view, const char *vi, const char *en)
{
	return view->language == LANGUAGE_VI ? vi : en;
}

/* False: no sample of that name. */
bool sample_fill(const char *name, enum language language, struct view *view);
/* The names, one after another; NULL after the last. */
const char *sample_name(size_t i);

/* A view made of another sample's. NULL after the last. */
struct sample_over {
	const char *name, *on;
	void (*fill)(struct view *view);
};
const struct sample_over *sample_over(size_t i);
/* Those that modules of the station fill. */
const struct sample_over *sample_station(size_t i);

#endif

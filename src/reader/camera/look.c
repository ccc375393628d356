/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look - looks for codes in one frame.
 */
#include "parts.h"

#include <stdlib.h>

struct look {
	struct decoder *decoder;
};

struct look *
look_new(struct err *err)
{
	struct look *look = calloc(1, sizeof(*look));

	if (look == NULL) {
		err_set(err, ERR_RETRY, "no memory");
		return NULL;
	}
	look->decoder = decoder_new(err);
	if (look->decoder == NULL) {
		look_free(look);
		return NULL;
	}
	return look;
}

void
look_free(struct look *look)
{
	if (look == NULL)
		return;
	decoder_free(look->decoder);
	free(look);
}

int
look_at(struct look *look, const struct grey *grey, bool still,
    struct codes *codes, const char **hint, struct err *err)
{
	codes->count = 0;
	*hint = NULL;
	if (still && decoder_fresh(look->decoder, err) != 0)
		return -1;
	return decoder_scan(look->decoder, grey, 1, codes, err) < 0 ? -1 : 0;
}

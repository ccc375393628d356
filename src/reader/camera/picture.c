/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture - a picture file to a grey picture, by what its first bytes say.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct format {
	const char *magic;
	size_t magic_len;
	struct grey *(*parse)(const unsigned char *bytes, size_t n,
	    struct err *err);
} formats[] = {
	{ "\x89PNG", 4, png_parse },
	{ "\xff\xd8", 2, jpeg_parse },
	{ "P", 1, pnm_parse },
};

static const char *const endings[] = {
	".png", ".pgm", ".pbm", ".pnm", ".jpg", ".jpeg",
};

bool
picture_named(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '.')
		return false;
	for (size_t i = 0; i < nitems(endings); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && strcasecmp(name + len - n, endings[i]) == 0)
			return true;
	}
	return false;
}

struct grey *
picture_read(const char *path, struct err *err)
{
	struct grey *grey = NULL;
	size_t n, i;
	char *bytes = file_read(path, PICTURE_BYTES_MAX, &n, err);

	if (bytes == NULL)
		return NULL;
	for (i = 0; i < nitems(formats); i++)
		if (n >= formats[i].magic_len && memcmp(bytes,
		    formats[i].magic, formats[i].magic_len) == 0)
			break;
	if (i < nitems(formats))
		grey = formats[i].parse((const unsigned char *)bytes, n, err);
	else
		err_set(err, ERR_INPUT, "not a PNG, JPEG, PGM or PBM picture");
	free(bytes);
	return grey;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subject - a certificate's subject, as a proxy writes it (RFC 4514:
 * "CN=ST-QL1A,O=Chot"). A name that has to be escaped is no station's, and a
 * part that only looks like one ("O=a\,CN=b") must not be taken for it.
 */
#include "parts.h"

#include <string.h>
#include <strings.h>

/* To the comma or plus that ends this part, or to the end. */
static size_t
part_length(const char *text, bool *escaped)
{
	size_t n = 0;

	*escaped = false;
	while (text[n] != '\0' && text[n] != ',' && text[n] != '+') {
		if (text[n] == '\\' || text[n] == '"')
			*escaped = true;
		if (text[n] == '\\' && text[n + 1] != '\0')
			n++;
		n++;
	}
	return n;
}

static size_t
skip_spaces(const char *text)
{
	return strspn(text, " ");
}

/* "serialNumber=3": digits, or it is none of ours. */
static bool
read_generation(const char *text, size_t n, int *generation)
{
	*generation = 0;
	if (n == 0 || n > 9)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*generation = *generation * 10 + (text[i] - '0');
	}
	return true;
}

bool
subject_peer(const char *subject, struct peer *peer)
{
	static const char serial[] = "serialNumber=";
	bool found = false, numbered = false;

	peer->generation = 0;
	for (;;) {
		bool escaped;
		size_t n;

		subject += skip_spaces(subject);
		n = part_length(subject, &escaped);
		if (strncasecmp(subject, "CN=", 3) == 0) {
			struct slice name = { subject + 3, n - 3 };

			if (found || escaped || !station_valid(name))
				return false;
			memcpy(peer->station, name.text, name.len);
			peer->station[name.len] = '\0';
			found = true;
		} else if (strncasecmp(subject, serial,
		    sizeof(serial) - 1) == 0) {
			if (numbered || !read_generation(subject +
			    sizeof(serial) - 1, n - (sizeof(serial) - 1),
			    &peer->generation))
				return false;
			numbered = true;
		} else if (escaped && memchr(subject, '"', n) != NULL) {
			return false; /* quoted: an older form than RFC 4514 */
		}
		subject += n;
		if (*subject == '\0')
			return found;
		subject++;
	}
}

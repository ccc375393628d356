/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token - codes that only their issuer can resolve: links, which are never
 * opened, and texts of no known form. They are known by their SHA-256.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void
digest(const struct scan *scan, struct credential *out)
{
	unsigned char sum[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	sha256(scan->text, scan->n, sum);
	for (size_t i = 0; i < sizeof(sum); i++) /* as sha256sum(1) prints it */
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	put_string(out, "sha256", hex);
	put_number(out, "length", (int64_t)scan->n);
}

bool
link_is(const struct scan *scan)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < nitems(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (scan->n > n && strncasecmp(scan->text, schemes[i], n) == 0)
			return true;
	}
	return false;
}

/* The host is shown, so that an officer can say where a code leads; the rest
 * of a link may hold anybody's data and is not. */
void
link_parse(const struct scan *scan, struct credential *out)
{
	const char *start = memchr(scan->text, '/', scan->n);
	size_t left, n = 0;

	out->kind = CREDENTIAL_LINK;
	digest(scan, out);
	if (start == NULL)
		return;
	start += 2;
	left = scan->n - (size_t)(start - scan->text);
	while (n < left && strchr("/?#", start[n]) == NULL)
		n++;
	if (!scan->utf8 || !put_field(out, "host", start, n))
		warn(out, "host-unreadable");
}

void
opaque_parse(const struct scan *scan, struct credential *out)
{
	out->kind = CREDENTIAL_OPAQUE;
	digest(scan, out);
}

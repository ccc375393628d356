/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token - codes that only their issuer can resolve: links, which are never
 * opened, slips that a post printed, and texts of no known form, which are
 * known by their SHA-256.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SLIP_STATION_MAX 32 /* bytes of a post's name */

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

/* The token of a printed slip is its record: ST-QL1A/7f3a91c2/123. */
bool
slip_token_is(const struct scan *scan)
{
	static const char hex[] = "0123456789abcdef";
	const char *text = scan->text, *epoch;
	size_t station = strcspn(text, "/"), digits;

	if (station == 0 || station > SLIP_STATION_MAX ||
	    strlen(text) != scan->n || text[station] != '/')
		return false;
	for (size_t i = 0; i < station; i++)
		if (text[i] != '-' && text[i] != '_' &&
		    (text[i] < '0' || text[i] > '9') &&
		    (text[i] < 'A' || text[i] > 'Z') &&
		    (text[i] < 'a' || text[i] > 'z'))
			return false;
	epoch = text + station + 1;
	if (strspn(epoch, hex) != 8 || epoch[8] != '/')
		return false;
	digits = strlen(epoch + 9);
	return digits > 0 && digits < 20 && all_digits(epoch + 9, digits);
}

void
slip_token_parse(const struct scan *scan, struct credential *out)
{
	out->kind = CREDENTIAL_SLIP;
	put_field(out, "record", scan->text, scan->n);
	put_field(out, "post", scan->text, strcspn(scan->text, "/"));
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aim - the AIM identifier that many scanners can put before a payload.
 *
 * "]Q1" says QR code; with an even modifier from 2 on, backslashes in the
 * payload are doubled and "\000026" names a character set. No payload of ours
 * starts with "]", so that finding one by itself is safe.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define ECI_DIGITS 6

static const struct {
	unsigned char letter, modifier; /* modifier 0: any */
	const char *word;
} symbologies[] = {
	{ 'C', '1', "gs1-128" }, { 'E', '4', "ean8" }, { 'd', '2', "gs1-datamatrix" },
	{ 'A', 0, "code39" }, { 'C', 0, "code128" }, { 'E', 0, "ean13" },
	{ 'F', 0, "codabar" }, { 'G', 0, "code93" }, { 'I', 0, "itf" },
	{ 'L', 0, "pdf417" }, { 'M', 0, "msi" }, { 'Q', 0, "qr" },
	{ 'S', 0, "2of5" }, { 'X', 0, "other" }, { 'd', 0, "datamatrix" },
	{ 'e', 0, "gs1-databar" }, { 'h', 0, "hanxin" }, { 'z', 0, "aztec" },
};

/* Length of the ECI escape or doubled backslash at p, 0 for neither. */
static size_t
escape_length(const unsigned char *p, size_t n)
{
	size_t digits = 0;

	if (n < 2 || p[0] != '\\')
		return 0;
	if (p[1] == '\\')
		return 2;
	while (digits < ECI_DIGITS && digits + 1 < n && isdigit(p[digits + 1]))
		digits++;
	return digits == ECI_DIGITS ? ECI_DIGITS + 1 : 0;
}

/* A payload that does not keep to the protocol is left as it is: it was not
 * encoded, whatever the modifier says. */
static void
remove_escapes(unsigned char *data, size_t *len)
{
	size_t out = 0;

	for (size_t i = 0; i < *len; i++) {
		size_t n = escape_length(data + i, *len - i);

		if (data[i] == '\\' && n == 0)
			return;
		if (n > 0)
			i += n - 1;
	}
	for (size_t i = 0; i < *len;) {
		size_t n = escape_length(data + i, *len - i);

		if (n != ECI_DIGITS + 1)
			data[out++] = data[i];
		i += n > 0 ? n : 1;
	}
	*len = out;
}

unsigned char *
aim_strip(enum aim_mode mode, unsigned char *data, size_t *len,
    const char **word)
{
	*word = "unknown";
	if (mode == AIM_OFF || *len < 3 || data[0] != ']' ||
	    !isalpha(data[1]) || !isxdigit(data[2]) || islower(data[2]))
		return data;
	for (size_t i = 0; i < nitems(symbologies); i++) {
		if (symbologies[i].letter != data[1] ||
		    (symbologies[i].modifier != 0 &&
		    symbologies[i].modifier != data[2]))
			continue;
		*word = symbologies[i].word;
		break;
	}
	*len -= 3;
	if (data[1] == 'Q' && (data[2] == '2' || data[2] == '4' ||
	    data[2] == '6'))
		remove_escapes(data + 3, len);
	return data + 3;
}

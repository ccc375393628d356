/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order - one command line taken apart: "VERB N REST".
 *
 * Refused whole when anything known about it is wrong: an order half
 * understood could open a gate for longer than was meant.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_DIGITS_MAX 9

/* Digits alone, at most nine of them, up to a space or the end. */
static int
take_number(const char **text, long *value)
{
	size_t n = strspn(*text, "0123456789");

	if (n == 0 || n > NUMBER_DIGITS_MAX ||
	    ((*text)[n] != '\0' && (*text)[n] != ' '))
		return -1;
	*value = strtol(*text, NULL, 10);
	*text += n;
	return 0;
}

int
order_parse(char *line, struct order *order, struct err *err)
{
	size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz");
	const char *p = line + n;
	long number;

	*order = (struct order){ .channel = 1, .reason = "none" };
	if (n == 0 || n >= sizeof(order->verb) || *p != ' ')
		return err_set(err, ERR_INPUT,
		    N_("an order is VERB NUMBER ..."));
	p += strspn(p, " ");
	if (take_number(&p, &number) < 0 || number == 0)
		return err_set(err, ERR_INPUT,
		    N_("an order has a number from 1 on"));
	memcpy(order->verb, line, n);
	order->verb[n] = '\0';
	order->n = (unsigned)number;
	p += strspn(p, " ");
	order->rest = line + (p - line);
	return 0;
}

static int
take_reason(const char *value, size_t n, struct order *order, struct err *err)
{
	if (n == 0 || n >= sizeof(order->reason) ||
	    strspn(value, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") < n)
		return err_set(err, ERR_INPUT,
		    N_("a reason is a word of at most %d letters"),
		    ORDER_REASON_MAX - 1);
	memcpy(order->reason, value, n);
	order->reason[n] = '\0';
	return 0;
}

/* One "name=value" of n bytes. */
static int
take_pair(const char *pair, size_t n, struct order *order, struct err *err)
{
	const char *equal = memchr(pair, '=', n), *value;
	size_t name;

	if (equal == NULL || equal == pair)
		return err_set(err, ERR_INPUT, N_("what follows is neither "
		    "milliseconds nor name=value"));
	name = (size_t)(equal - pair);
	value = equal + 1;
	if (name == 6 && memcmp(pair, "reason", 6) == 0)
		return take_reason(value, n - name - 1, order, err);
	if (name == 7 && memcmp(pair, "channel", 7) == 0 &&
	    (take_number(&value, &order->channel) < 0 ||
	    order->channel < 1 || order->channel > CHANNELS_MAX))
		return err_set(err, ERR_INPUT, N_("a channel is 1 to %d"),
		    CHANNELS_MAX);
	return 0; /* a later program's */
}

int
order_parse_switch(struct order *order, struct err *err)
{
	const char *p = order->rest;

	if (*p >= '0' && *p <= '9' && (take_number(&p, &order->ms) < 0 ||
	    order->ms < 1 || order->ms > ORDER_MS_MAX))
		return err_set(err, ERR_INPUT,
		    N_("milliseconds are a number from 1 on"));
	for (p += strspn(p, " "); *p != '\0'; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (take_pair(p, n, order, err) < 0)
			return -1;
		p += n;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * device - takes a device string apart: TRANSPORT:PATH[,option=value]...
 *
 * Whether a role can use the device, and what its options mean, is the
 * business of reader and actuator.
 */
#include "parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	enum transport transport;
} transports[] = {
	{ "serial", TRANSPORT_SERIAL }, { "tcp", TRANSPORT_TCP },
	{ "v4l2", TRANSPORT_V4L2 }, { "images", TRANSPORT_IMAGES },
	{ "y4m", TRANSPORT_Y4M }, { "exec", TRANSPORT_EXEC },
	{ "trace", TRANSPORT_TRACE }, { "lp", TRANSPORT_LP },
	{ "http", TRANSPORT_HTTP }, { "https", TRANSPORT_URLS },
};

/* Splits off the transport; gives the text after the colon, or NULL. */
static const char *
take_transport(const char *text, enum transport *transport, struct err *err)
{
	size_t n = strcspn(text, ":");

	if (text[n] == '\0') {
		err_set(err, ERR_SETUP, _("a device is TRANSPORT:PATH, "
		    "for example serial:/dev/ttyUSB0"));
		return NULL;
	}
	for (size_t i = 0; i < nitems(transports); i++) {
		if (strlen(transports[i].word) == n &&
		    memcmp(transports[i].word, text, n) == 0) {
			*transport = transports[i].transport;
			return text + n + 1;
		}
	}
	err_set(err, ERR_SETUP,
	    _("no transport \"%.*s\"; there are serial, tcp, v4l2, images, "
	    "y4m, http, https, exec, trace, lp"), n > 20 ? 20 : (int)n, text);
	return NULL;
}

static int
copy(char *out, size_t capacity, const char *text, size_t n, const char *what,
    struct err *err)
{
	if (n >= capacity)
		return err_set(err, ERR_SETUP,
		    _("%s is longer than %zu bytes"), what, capacity - 1);
	memcpy(out, text, n);
	out[n] = '\0';
	return 0;
}

/* One option=value of n bytes. */
static int
take_option(const char *text, size_t n, struct device *device,
    struct err *err)
{
	struct device_option *option = &device->options[device->noptions];
	const char *equal = memchr(text, '=', n);
	size_t name = equal == NULL ? n : (size_t)(equal - text);

	if (equal == NULL || name == 0)
		return err_set(err, ERR_SETUP,
		    _("\"%.*s\" is not option=value"),
		    n > 40 ? 40 : (int)n, text);
	if (device->noptions == DEVICE_OPTIONS_MAX)
		return err_set(err, ERR_SETUP,
		    _("a device takes at most %d options"), DEVICE_OPTIONS_MAX);
	for (size_t i = 0; i < name; i++)
		if (!islower((unsigned char)text[i]) && text[i] != '_' &&
		    !isdigit((unsigned char)text[i]))
			return err_set(err, ERR_SETUP,
			    _("an option's name is of a-z, 0-9 and '_'"));
	if (copy(option->name, sizeof(option->name), text, name,
	    "an option's name", err) < 0 ||
	    copy(option->value, sizeof(option->value), equal + 1, n - name - 1,
	    option->name, err) < 0)
		return -1;
	if (device_option(device, option->name) != NULL)
		return err_set(err, ERR_SETUP, _("%s is given twice"),
		    option->name);
	device->noptions++;
	return 0;
}

int
device_parse(const char *text, struct device *device, struct err *err)
{
	size_t n = strlen(text);

	memset(device, 0, sizeof(*device));
	if (n >= CONF_DEVICE_MAX)
		return err_set(err, ERR_SETUP,
		    _("a device is longer than %d bytes"), CONF_DEVICE_MAX - 1);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return err_set(err, ERR_SETUP,
			    _("a device holds a control character"));
	text = take_transport(text, &device->transport, err);
	if (text == NULL)
		return -1;
	/* An address to ask, not one to listen at. */
	if (device->transport == TRANSPORT_HTTP && strncmp(text, "//", 2) == 0)
		device->transport = TRANSPORT_URL;
	n = device->transport == TRANSPORT_EXEC ? strlen(text) :
	    strcspn(text, ",");
	if (n == 0)
		return err_set(err, ERR_SETUP, _("a device without a path"));
	memcpy(device->path, text, n); /* shorter than the whole, so it fits */
	for (text += n; *text == ','; text += n) {
		text++;
		n = strcspn(text, ",");
		if (take_option(text, n, device, err) < 0)
			return -1;
	}
	return 0;
}

const char *
device_option(const struct device *device, const char *name)
{
	for (size_t i = 0; i < device->noptions; i++)
		if (strcmp(device->options[i].name, name) == 0)
			return device->options[i].value;
	return NULL;
}

int
device_number(const struct device *device, const char *name, long min,
    long max, long fallback, long *value, struct err *err)
{
	const char *text = device_option(device, name);
	char *end;

	*value = fallback;
	if (text == NULL)
		return 0;
	errno = 0;
	*value = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 ||
	    isspace((unsigned char)text[0]))
		return err_set(err, ERR_SETUP, _("%s is not a whole number"),
		    name);
	if (*value < min || *value > max)
		return err_set(err, ERR_SETUP,
		    _("%s is not within %ld and %ld"),
		    name, min, max);
	return 0;
}

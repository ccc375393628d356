/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a device string, and the reader's check of it. */
#include <string.h>

#include "conf.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[512];
	struct device device;
	struct err err;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (device_parse(text, &device, &err) == 0)
		for (int role = ROLE_SCANNER; role <= ROLE_PLATE; role++)
			reader_check((enum reader_role)role, &device, &err);
	return 0;
}

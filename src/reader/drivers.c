/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drivers - every protocol that a reader speaks, one row each.
 *
 * The first row of a role is what it gets when no protocol is named.
 */
#include "packets.h"

#include <string.h>

#define SCANNER (1u << ROLE_SCANNER)
#define PLATE (1u << ROLE_PLATE)
#define THERMOMETER (1u << ROLE_THERMOMETER)

const struct driver drivers[] = {
	{ .name = "line", .roles = SCANNER | PLATE, .kind = DRIVER_LINE, .baud = 9600,
	    .help = N_("text and a terminator, or silence") },
	{ .name = "honeywell", .roles = SCANNER, .kind = DRIVER_LINE, .baud = 115200,
	    .trigger = "16540d", .beep = "16070d",
	    .identity = "164d0d" "524556494e462e", /* REVINF. */
	    .help = N_("lines; takes trigger, beep and identity (Honeywell)") },
	{ .name = "newland", .roles = SCANNER, .kind = DRIVER_LINE, .baud = 9600,
	    /* SCNTRG1, BEEPON1000F50T20V, QRYSYS, for now and not for ever. */
	    .trigger = "7e0130303030" "23" "53434e545247313b03",
	    .beep = "7e0130303030" "23" "424545504f4e31303030463530543230563b03",
	    .identity = "7e0130303030" "23" "5152595359533b03",
	    .help = N_("lines; takes trigger, beep and identity (Newland)") },
	{ .name = "mrz", .roles = SCANNER, .kind = DRIVER_OCR, .baud = 9600,
	    .help = N_("a reader of passports and cards: rows, blocks, single rows") },
	{ .name = "ssi", .roles = SCANNER, .kind = DRIVER_SSI, .baud = 9600,
	    .help = N_("Zebra SSI packets; takes trigger, beep and identity") },

	{ .name = "gy-mcu90614", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 9600,
	    .take = take_gy_mcu, .start = "a545ea", .quiet = true,
	    .emissivity = EMISSIVITY_RECKONED,
	    .help = N_("GY-MCU90614 frames of 9 bytes") },
	{ .name = "gy-mcu90615", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 9600,
	    .take = take_gy_mcu, .start = "a545ea", .quiet = true,
	    .emissivity = EMISSIVITY_RECKONED,
	    .help = N_("GY-MCU90615; older boards have baud=115200") },
	{ .name = "cjmcu-90614", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_cjmcu, .start = "66660156", .quiet = true,
	    .emissivity = EMISSIVITY_RECKONED,
	    .help = N_("CJMCU-90614 frames of 9 bytes") },
	{ .name = "gy-614v", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 9600,
	    .take = take_gy_614v, .address = 0xa4,
	    .emissivity = EMISSIVITY_TOLD,
	    .help = N_("GY-614V and GY-614V3, automatic binary frames") },
	{ .name = "gd60914", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 9600,
	    .take = take_gd60914, .start = "a1", .make_query = query_gd60914, .query_ms = 200,
	    .help = N_("GD60914; mode says forehead, wrist or object") },
	{ .name = "rqvk002", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 19200,
	    .take = take_rqvk002,
	    .help = N_("RQVK002-TW frames of 6 bytes") },
	{ .name = "haiman", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_haiman, .query = "a55501fb", .query_ms = 200,
	    .help = N_("YS-HAIMAN single value") },
	{ .name = "htpa", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_htpa, .query = "a50500bf", .query_ms = 200,
	    .help = N_("HTPA 32x32, single value") },
	{ .name = "tn9", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 9600,
	    .take = take_tn9,
	    .emissivity = EMISSIVITY_RECKONED,
	    .help = N_("ZyTemp TN9 behind a bridge") },
	{ .name = "optris", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_optris, .make_query = query_optris, .query_ms = 100,
	    .emissivity = EMISSIVITY_SENT, .make_emissivity = emissivity_to_optris,
	    .take_emissivity = emissivity_of_optris,
	    .help = N_("Optris CT and CS; address on RS-485") },
	{ .name = "modbus", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 9600,
	    .take = take_modbus, .address = 1, .make_query = query_modbus, .query_ms = 200,
	    .emissivity = EMISSIVITY_SENT, .make_emissivity = emissivity_to_modbus,
	    .take_emissivity = emissivity_of_modbus, .by_register = true,
	    .help = N_("Modbus-RTU; address, function, register, scale") },
	{ .name = "mlx90621", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_mlx90621, .start = "a50601bf",
	    .emissivity = EMISSIVITY_RECKONED,
	    .help = N_("MLX90621-YS, 16x4 pixels; region") },
	{ .name = "chuwo", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_chuwo, .query = "eee10155fffcfdff", .query_ms = 300,
	    .help = N_("CHUWO, 32x32 pixels; region") },
	{ .name = "ym32a", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 921600,
	    .take = take_ym32a,
	    .start = "fffffe290001feffff" "fffffe260000feffff" "fffffe280001feffff",
	    .help = N_("YM32A, 32x32 pixels; region") },
	{ .name = "gy-mcu90640", .roles = THERMOMETER, .kind = DRIVER_PACKET, .baud = 115200,
	    .take = take_mcu90640, .start = "a53502dc",
	    .emissivity = EMISSIVITY_RECKONED,
	    .help = N_("GY-MCU90640, 32x24 pixels; region") },
	{ .name = "ascii", .roles = THERMOMETER, .kind = DRIVER_ASCII, .baud = 9600,
	    .help = N_("text with a number; one line is one measurement unless single=0") },
};
const size_t ndrivers = nitems(drivers);

const struct driver *
driver_find(enum reader_role role, const char *name)
{
	for (size_t i = 0; i < ndrivers; i++)
		if ((drivers[i].roles & 1u << role) != 0 &&
		    (name == NULL || strcmp(name, drivers[i].name) == 0))
			return &drivers[i];
	return NULL;
}

// The few icons, as paths in a 24-unit box.
export const k_icons = {
    check: "M4.5 12.5l4.8 4.8L19.5 6.7",
    close: "M6 6l12 12M18 6L6 18",
    back: "M14.5 5.5L8 12l6.5 6.5",
    down: "M5.5 9l6.5 6.5L18.5 9",
    next: "M9.5 5.5L16 12l-6.5 6.5",
    plus: "M12 5v14M5 12h14",
    minus: "M5 12h14",
    search: "M17 10.5a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0zM15.5 15.5L20.5 20.5",
    clock: "M21 12a9 9 0 1 1-18 0a9 9 0 0 1 18 0zM12 7v5.2l3.5 2.2",
    user: "M16 8a4 4 0 1 1-8 0a4 4 0 0 1 8 0zM4.5 20.5c1-4 3.9-6 7.5-6s6.5 2 7.5 6",
    users: "M12.5 8a3.5 3.5 0 1 1-7 0a3.5 3.5 0 0 1 7 0zM2.5 20c.8-3.7 3.3-5.5 6.5-5.5s5.7 1.8 6.5 5.5M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18.2 15c1.9.9 2.9 2.5 3.3 5",
    lock: "M5.5 10.5h13V20.5h-13zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3",
    signal: "M4 19.5v-3.5M9.3 19.5v-7M14.7 19.5V9.5M20 19.5V5.5",
    offline: "M4 4l16 16M7.5 9.5a5 5 0 0 0-.5 9.5h10.5M10.2 6.3A6 6 0 0 1 17.8 10.5a4.3 4.3 0 0 1 2.2 7",
    layers: "M12 3.5l9 4.8-9 4.8-9-4.8zM3.5 12.5l8.5 4.5 8.5-4.5M3.5 16.7l8.5 4.5 8.5-4.5",
    list: "M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1",
    map: "M3.5 6.5l5.7-2.5 5.6 2.5 5.7-2.5v13.5l-5.7 2.5-5.6-2.5-5.7 2.5zM9.2 4v13.5M14.8 6.5V20",
    info: "M21 12a9 9 0 1 1-18 0a9 9 0 0 1 18 0zM12 11v5.5M12 7.6v.1",
    file: "M6 3h8.5L18.5 7v14H6zM14 3v4.5h4.5M9 12.5h6M9 16.5h6",
    play: "M7.5 5v14l11.5-7z",
    sound: "M4 9.5h3.5l4.5-4v13l-4.5-4H4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
    mute: "M4 9.5h3.5l4.5-4v13l-4.5-4H4zM15.5 9.5l5 5M20.5 9.5l-5 5",
    shield: "M12 3l7.5 2.8v5.7c0 4.6-3 7.7-7.5 9.5-4.5-1.8-7.5-4.9-7.5-9.5V5.8z",
    target: "M18.5 12a6.5 6.5 0 1 1-13 0a6.5 6.5 0 0 1 13 0zM12 2v6M12 16v6M2 12h6M16 12h6",
    box: "M12 3l8 4.3v9.4L12 21l-8-4.3V7.3zM4 7.3l8 4.4 8-4.4M12 11.7V21",
    gas: "M10.5 14.5a3.5 3.5 0 1 1-7 0a3.5 3.5 0 0 1 7 0zM20 9a4.5 4.5 0 1 1-9 0a4.5 4.5 0 0 1 9 0zM19 18.5a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z",
    truck: "M2.5 6h11.5v10.5H2.5zM14 9.5h4l3.5 3.7v3.3H14M9 17.5a2 2 0 1 1-4 0a2 2 0 0 1 4 0zM19 17.5a2 2 0 1 1-4 0a2 2 0 0 1 4 0z",
    ship: "M3 14.5h18l-2.7 5.5H5.7zM6.5 14.5V9.5h8.5v5M10.5 9.5V5",
    school: "M12 4.5l9.5 4.7-9.5 4.7-9.5-4.7zM6.5 11.5v5.3c3.3 2.3 7.7 2.3 11 0v-5.3",
    bed: "M3 18.5V6M3 15.5h18v3M21 15.5V12.5a3 3 0 0 0-3-3h-8v6M8 11.5a1.6 1.6 0 1 1-3.2 0a1.6 1.6 0 0 1 3.2 0z",
    home: "M4 11l8-6.5 8 6.5M6 9.5V20h12V9.5M10 20v-5.5h4V20",
    office: "M5.5 21V3.5h9V21M14.5 9h4V21M3 21h18M8.5 7.5h3M8.5 11.5h3M8.5 15.5h3",
    cross: "M12 4.5v15M4.5 12h15",
    beach: "M12 4a8.5 8.5 0 0 1 8.5 7.5h-17A8.5 8.5 0 0 1 12 4zM12 11.5V20M4 20.5h16",
    fire: "M12 3c.7 3.5 5.5 5.5 5.5 10.8a5.5 5.5 0 0 1-11 0c0-2.3 1-3.8 2-4.8.5 1.7 1.3 2.3 1.3 2.3C9.8 8 10.3 5 12 3z",
    droplet: "M12 3.5c3.5 4.2 6 7 6 10.5a6 6 0 0 1-12 0c0-3.5 2.5-6.3 6-10.5z",
    globe: "M21 12a9 9 0 1 1-18 0a9 9 0 0 1 18 0zM3 12h18M12 3c2.7 2.5 4 5.5 4 9s-1.3 6.5-4 9c-2.7-2.5-4-5.5-4-9s1.3-6.5 4-9z",
    moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
    sun: "M16 12a4 4 0 1 1-8 0a4 4 0 0 1 8 0zM12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3l1.8 1.8M16.9 16.9l1.8 1.8M18.7 5.3l-1.8 1.8M7.1 16.9l-1.8 1.8",
    exit: "M14 4.5H5v15h9M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
    note: "M4 5h16v11.5h-8.5L7 20.5v-4H4zM8 9h8M8 12.5h5",
    message: "M3.5 5.5h17v13h-17zM3.5 6.5l8.5 6.5 8.5-6.5",
    wind: "M3 9h11.5a2.5 2.5 0 1 0-2.4-3.2M3 13h15a2.7 2.7 0 1 1-2.6 3.5M3 17h7.5",
    grid: "M4 4h16v16H4zM4 12h16M12 4v16",
    bell: "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 2h-14zM10 21h4",
    radio: "M7 9.5h10v11H7zM9.5 9.5V3.5M10 13.5h4",
} as const;
export type IconName = keyof typeof k_icons;

/** The icon of a record's kind, or of its type where that says more. */
export function icon_of(kind: string, type?: string): IconName {
    const by_type: Record<string, IconName> = {
        school: "school", dormitory: "bed", hotel: "bed", residence: "home", hospital: "cross", office: "office", terminal: "ship", beach: "beach",
        shop: "home", workplace: "box", fire: "fire", port_fire: "fire", hazmat: "shield", medical: "cross", police: "users", monitoring: "gas", engineering: "truck",
        sea_rescue: "ship", vehicle: "truck", ship: "ship", gas_detector: "gas", smoke_detector: "fire", weather_mast: "wind", tide_gauge: "droplet",
    };
    const by_kind: Record<string, IconName> = {
        enterprise: "office", vessel: "droplet", protection_target: "home", team: "users", stock: "box", hydrant: "fire", shelter: "shield", road: "truck", device: "radio",
        grid: "grid", incident: "bell", alarm: "bell", message: "message", task: "check", dispatch: "truck", log_entry: "note", impact: "gas", person: "user",
    };
    return (type && by_type[type]) || by_kind[kind] || "info";
}

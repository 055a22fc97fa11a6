// Pictures of the map, drawn when the style first asks for them: level marks, fill patterns, icons,
// vehicles. Their names carry what they show: "mark:1:ring", "fill:2", "icon:school", "mover:fresh".
import { k_icons, type IconName } from "@/ui/icons";
import type { Paint } from "./tokens";

const k_ratio = 2;
export interface Drawn { data: ImageData; pixelRatio: number }

function canvas(size: number): CanvasRenderingContext2D {
    const element = document.createElement("canvas");
    element.width = element.height = size * k_ratio;
    const context = element.getContext("2d", { willReadFrequently: true })!;
    context.scale(k_ratio, k_ratio);
    context.lineJoin = context.lineCap = "round";
    return context;
}
const done = (context: CanvasRenderingContext2D, size: number): Drawn => ({ data: context.getImageData(0, 0, size * k_ratio, size * k_ratio), pixelRatio: k_ratio });

export const k_level_paths: Record<number, string> = {
    1: "M7.7 1.5h8.6l6.2 6.2v8.6l-6.2 6.2H7.7l-6.2-6.2V7.7z",
    2: "M12 1.2L23.3 21.8H.7z",
    3: "M12 .7L23.3 12 12 23.3.7 12z",
    4: "M22.7 12a10.7 10.7 0 1 1-21.4 0a10.7 10.7 0 0 1 21.4 0z",
};

function mark(level: number, look: string, paint: Paint): Drawn {
    const size = 48;
    const c = canvas(size);
    c.translate(12, 12);
    if (look === "ring" || look === "selected") {
        c.strokeStyle = look === "selected" ? paint("m-select") : paint(`l${level}`);
        c.lineWidth = 2;
        c.beginPath();
        c.arc(12, level === 2 ? 13 : 12, 18, 0, 7);
        c.stroke();
    }
    const shape = new Path2D(k_level_paths[level] ?? k_level_paths[4]);
    if (look === "hollow") { // risk, not alarm: the same shape, empty
        c.translate(5, 5);
        c.scale(14 / 24, 14 / 24);
        c.lineWidth = 7;
        c.strokeStyle = paint("m-halo");
        c.stroke(shape);
        c.fillStyle = paint("bg-1");
        c.fill(shape);
        c.lineWidth = 3.6;
        c.strokeStyle = paint(level === 4 || level === 1 ? `l${level}-edge` : `l${level}`);
        c.stroke(shape);
        return done(c, size);
    }
    c.lineWidth = 4;
    c.strokeStyle = paint("m-halo");
    c.stroke(shape);
    c.fillStyle = paint(`l${level}`);
    c.fill(shape);
    c.lineWidth = 1.4;
    c.strokeStyle = paint(`l${level}-edge`);
    c.stroke(shape);
    c.fillStyle = paint(`l${level}-on`);
    c.font = "700 14px 'Noto Sans CJK SC', sans-serif";
    c.textAlign = "center";
    c.fillText(String(level), 12, level === 2 ? 19 : 17);
    return done(c, size);
}

/** Red cross-hatched, orange diagonal, yellow dotted; blue plain. */
function fill(level: number, paint: Paint): Drawn {
    const size = level === 3 ? 10 : 12;
    const c = canvas(size);
    const haze = paint(`m-haz-${Math.min(3, Math.max(1, level))}`);
    c.fillStyle = haze;
    c.fillRect(0, 0, size, size);
    c.strokeStyle = c.fillStyle = paint(`l${level}-edge`);
    c.globalAlpha = 0.75;
    c.lineWidth = 1.1;
    c.beginPath();
    if (level <= 2) for (const shift of [-size, 0, size]) { c.moveTo(shift, size); c.lineTo(shift + size, 0); }
    if (level === 1) for (const shift of [-size, 0, size]) { c.moveTo(shift, 0); c.lineTo(shift + size, size); }
    c.stroke();
    if (level === 3) { c.beginPath(); c.arc(size / 2, size / 2, 1.1, 0, 7); c.fill(); }
    return done(c, size);
}

function icon(name: string, tone: string, paint: Paint): Drawn {
    const size = 28;
    const c = canvas(size);
    c.beginPath();
    if (tone === "own") c.roundRect(3, 3, 22, 22, 5); else c.arc(14, 14, 11, 0, 7);
    c.fillStyle = tone === "plain" ? paint("bg-1") : paint(tone === "own" ? "bg-1" : "bg-2");
    c.fill();
    c.lineWidth = 1.5;
    c.strokeStyle = tone === "own" ? paint("m-own") : tone === "key" ? paint("m-label") : paint("line-3");
    c.stroke();
    c.translate(7, 7);
    c.scale(14 / 24, 14 / 24);
    c.lineWidth = 2;
    c.strokeStyle = tone === "own" ? paint("accent-hi") : tone === "key" ? paint("ink-1") : paint("m-label");
    c.stroke(new Path2D(k_icons[name as IconName] ?? k_icons.info));
    return done(c, size);
}

function mover(look: string, paint: Paint): Drawn {
    const size = 22;
    const c = canvas(size);
    const arrow = new Path2D("M11 2.5L17 18.5 11 15 5 18.5z");
    if (look === "stale") {
        c.setLineDash([2, 2]);
        c.lineWidth = 1.3;
        c.strokeStyle = paint("m-other");
        c.stroke(arrow);
        return done(c, size);
    }
    c.lineWidth = 3;
    c.strokeStyle = paint("m-halo");
    c.stroke(arrow);
    c.fillStyle = paint(look === "own" ? "m-own" : "m-other");
    c.fill(arrow);
    return done(c, size);
}

function flow(paint: Paint): Drawn {
    const size = 16;
    const c = canvas(size);
    c.lineWidth = 5;
    c.strokeStyle = paint("m-halo");
    const chevron = new Path2D("M5.5 3.5L10.5 8 5.5 12.5");
    c.stroke(chevron);
    c.lineWidth = 2.2;
    c.strokeStyle = paint("m-route");
    c.stroke(chevron);
    return done(c, size);
}

export function draw_image(name: string, paint: Paint): Drawn | undefined {
    const [what, first = "", second = ""] = name.split(":");
    switch (what) {
        case "mark": return mark(Number(first), second, paint);
        case "fill": return fill(Number(first), paint);
        case "icon": return icon(first, second, paint);
        case "mover": return mover(first, paint);
        case "flow": return flow(paint);
        default: return undefined;
    }
}

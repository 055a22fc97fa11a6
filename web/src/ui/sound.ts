// Alarm tones, made by the browser. Red: three notes every 10 s until answered. Orange: two, every 30 s.
// Yellow: one, once. Blue: silent. A drill has its own timbre. Mute never covers red.
import { use_clock } from "@/stores/clock";
import { use_preferences } from "@/stores/preferences";

const k_pattern: Record<number, { notes: number[]; every_s: number }> = {
    1: { notes: [880, 740, 880], every_s: 10 }, 2: { notes: [660, 550], every_s: 30 }, 3: { notes: [520], every_s: 0 },
};
let context: AudioContext | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
let playing = "";

function play(notes: number[], drill: boolean): void {
    // Until somebody has touched the page, the browser keeps it silent: the next ring tries again.
    if (!navigator.userActivation?.hasBeenActive) return;
    context ??= new AudioContext();
    if (context.state !== "running") return void context.resume().catch(() => undefined);
    notes.forEach((hertz, index) => {
        const at = context!.currentTime + index * 0.22;
        const tone = context!.createOscillator();
        const gain = context!.createGain();
        tone.type = drill ? "triangle" : "square";
        tone.frequency.value = drill ? hertz / 2 : hertz;
        gain.gain.setValueAtTime(0, at);
        gain.gain.linearRampToValueAtTime(0.06, at + 0.02);
        gain.gain.linearRampToValueAtTime(0, at + 0.18);
        tone.connect(gain).connect(context!.destination);
        tone.start(at);
        tone.stop(at + 0.2);
    });
}
export function use_sound() {
    const preferences = use_preferences();
    const clock = use_clock();
    return {
        /** Keeps the tone of the worst unanswered level going; 0 is silence. */
        keep(level: number, drill: boolean): void {
            const key = `${level}.${drill}`;
            const pattern = k_pattern[level];
            if (key === playing) return;
            playing = key;
            clearInterval(timer);
            if (!pattern || typeof AudioContext === "undefined") return;
            const ring = () => { if (level === 1 || clock.now > preferences.muted_until) play(pattern.notes, drill); };
            ring();
            if (pattern.every_s) timer = setInterval(ring, pattern.every_s * 1000);
        },
    };
}

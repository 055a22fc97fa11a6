// Colours of the map come from the same tokens as everything else; read anew when the theme changes.
export type Paint = (name: string) => string;

export function read_paint(): Paint {
    const style = getComputedStyle(document.documentElement);
    const known = new Map<string, string>();
    return (name) => {
        let value = known.get(name);
        if (value === undefined) known.set(name, (value = style.getPropertyValue(`--${name}`).trim() || "#888888"));
        return value;
    };
}

/** Whether every word of the question stands in the text, in any order. */
export function fits(question: string, text: string): boolean {
    const within = text.toLowerCase();
    return question.toLowerCase().split(/\s+/).filter(Boolean).every((word) => within.includes(word));
}

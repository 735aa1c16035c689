import type { DemoPrompt } from "./demo-prompt.ts";

/** Writing, explaining or mending code. */
export const code: readonly DemoPrompt[] = [
  "Write a Python function that reverses the words of a sentence.",
  "Write a SQL query that returns the ten customers with the highest revenue in 2024 from orders(customer_id, total, ordered_at).",
  "How do I undo the last git commit without losing my changes?",
  "Write a regular expression that matches ISO dates such as 2025-04-30.",
  "What does the `?.` operator do in JavaScript?",
  "Write a bash command that lists the five largest files below the current folder.",
  "Convert this Python list comprehension into a loop: [x * x for x in numbers if x % 2]",
  "Write a TypeScript type for an object whose keys are country codes and whose values are numbers or null.",
  "Write a CSS rule that centres a card in the middle of the screen.",
  "Explain this code:\n```js\nconst once = (f) => { let done, value; return (...a) => done ? value : (done = true, value = f(...a)); };\n```",
  "Why does this Python code print the same list three times?\n```python\nrows = [[]] * 3\nrows[0].append(1)\nprint(rows)\n```",
  "Fix the bug in this function:\n```js\nfunction average(xs) {\n  let sum;\n  for (const x in xs) sum += x;\n  return sum / xs.length;\n}\n```",
  "Write a Dockerfile for a Node.js service that runs as a user without privileges and has a health check.",
  "Write unit tests in pytest for a function `slugify(text: str) -> str` that lowercases, replaces runs of non-letters with one hyphen and trims hyphens.",
  "Write a Java class for a thread-safe counter that can be incremented, read and reset.",
  "Write a Go HTTP handler that streams a large file without reading it into memory and stops when the client goes away.",
  "Port this function to Rust, with errors instead of panics:\n```python\ndef parse_pair(line):\n    key, value = line.split('=', 1)\n    return key.strip(), int(value)\n```",
  "Review this code for security problems and show a corrected version:\n```js\napp.get('/report', (req, res) => {\n  const sql = \"select * from reports where owner = '\" + req.query.user + \"'\";\n  db.query(sql, (err, rows) => res.send(err || rows));\n});\n```",
  "Implement an LRU cache in TypeScript with O(1) get and put, a maximum size in bytes, and expiry per entry. Explain the complexity of each operation and the edge cases of entries that are larger than the cache.",
  "Design a rate limiter for a distributed API: token bucket per customer, shared by twelve instances, must survive the loss of one of them, at most 5 ms added per request. Compare two designs, evaluate their race conditions and show the Lua script for the one you would choose.",
  "This query takes 40 seconds on a table of 80 million rows. Explain why and optimize it, including the indexes:\n```sql\nSELECT u.id, (SELECT MAX(o.created_at) FROM orders o WHERE o.user_id = u.id) AS last_order\nFROM users u\nWHERE LOWER(u.email) LIKE '%@example.com'\nORDER BY last_order DESC LIMIT 50;\n```",
  "Implement a function in C++ that finds the longest palindromic subsequence of a string with dynamic programming, prove that the recurrence is right, and reduce the memory to O(n).",
  {
    system: "Answer with code only, in a fenced block.",
    text: "Write a JavaScript function that groups an array of objects by a key.",
  },
  {
    system: "Answer with code only, in a fenced block.",
    text: "Write a Python script that renames all .jpeg files in a folder to .jpg.",
  },
  {
    earlier: [
      "Write a function in Python that checks whether a string is a palindrome.",
      "```python\ndef is_palindrome(text: str) -> bool:\n    return text == text[::-1]\n```",
    ],
    text: "Now make the function ignore case, spaces and punctuation, and add a doctest.",
  },
  {
    earlier: [
      "My React component renders twice on every keystroke. Why?",
      "Most likely state is set in an effect that depends on what it sets, so each change renders once for the input and once for the effect. Could you show the component?",
    ],
    text: "```jsx\nfunction Search({ items }) {\n  const [query, setQuery] = useState('');\n  const [hits, setHits] = useState(items);\n  useEffect(() => { setHits(items.filter((i) => i.name.includes(query))); }, [items, query]);\n  return <><input value={query} onChange={(e) => setQuery(e.target.value)} /><List items={hits} /></>;\n}\n```",
  },
];

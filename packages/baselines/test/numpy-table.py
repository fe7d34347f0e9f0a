"""Prints numpy-table.json: small problems and what NumPy makes of them (numpy 2.4).

    python3 numpy-table.py > numpy-table.json
"""
import json
import numpy as np

r = np.random.default_rng(4)
X = np.round(r.normal(size=(12, 5)) @ r.normal(size=(5, 5)) + 2, 3)
Y = np.round(X @ r.normal(size=(5, 2)) + 0.3 * r.normal(size=(12, 2)), 3)
labels = np.array([0, 1, 2] * 4)
X[labels == 1] += [0.5, 0, -0.5, 0, 0]
X = np.round(X, 3)
mx, my = X.mean(0), Y.mean(0)
Xc, Yc = X - mx, Y - my


def pls(x, y, count):
    """NIPALS with deflation of both; y of several columns."""
    x, y = x.copy(), y.copy()
    W, P, Q = [], [], []
    for _ in range(count):
        w = np.linalg.svd(x.T @ y)[0][:, 0]
        t = x @ w
        p, q = x.T @ t / (t @ t), y.T @ t / (t @ t)
        x, y = x - np.outer(t, p), y - np.outer(t, q)
        W.append(w), P.append(p), Q.append(q)
    W, P, Q = np.array(W).T, np.array(P).T, np.array(Q).T
    return W @ np.linalg.inv(P.T @ W) @ Q.T


U, s, V = np.linalg.svd(Xc, full_matrices=False)
C = 2.5
onehot = np.eye(3)[labels]
theta = np.zeros((6, 3))
A = np.hstack([Xc, np.ones((12, 1))])
for _ in range(200):  # Newton with the pseudo-inverse: the common offset of all classes is free
    z = A @ theta
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    penalty = np.vstack([theta[:5] / C, np.zeros((1, 3))])
    g = A.T @ (p - onehot) + penalty
    H = np.zeros((18, 18))
    for i in range(12):
        H += np.kron(np.outer(A[i], A[i]), np.diag(p[i]) - np.outer(p[i], p[i]))
    H += np.kron(np.diag([1 / C] * 5 + [0]), np.eye(3))
    theta = theta - (np.linalg.pinv(H, rcond=1e-12) @ g.ravel()).reshape(6, 3)
S = sum(np.cov(X[labels == k].T, ddof=1) * 3 for k in range(3)) / 9
mu = np.array([X[labels == k].mean(0) for k in range(3)])
gauss = np.array([[np.log(1 / 3) - 0.5 * (x - m) @ np.linalg.solve(S, x - m) for m in mu] for x in X])
posterior = gauss - np.log(np.exp(gauss - gauss.max(1, keepdims=True)).sum(1, keepdims=True)) - gauss.max(1, keepdims=True)
z = A @ theta
print(
    json.dumps(
        {
            "x": X.tolist(),
            "y": Y.tolist(),
            "labels": labels.tolist(),
            "pls1": [pls(Xc, Yc[:, :1], a)[:, 0].tolist() for a in (1, 2, 3)],
            "pls2": [pls(Xc, Yc, a).T.tolist() for a in (1, 2, 3)],
            "pcr": [(V[:a].T @ ((U.T @ Yc)[:a, 0] / s[:a])).tolist() for a in (1, 2, 3)],
            "ridge": [np.linalg.solve(Xc.T @ Xc + l * np.eye(5), Xc.T @ Yc[:, 0]).tolist() for l in (10, 0.7)],
            "C": C,
            "logistic": (z - z.mean(1, keepdims=True)).tolist(),
            "posterior": posterior.tolist(),
        }
    )
)
